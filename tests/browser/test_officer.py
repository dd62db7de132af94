"""The officer's pages in a browser without script: forms, widths, languages."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser.desk import GO, act, signed_in
from tests.browser.looking import looked_at
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Whole
from tests.eventually import eventually

NAME = "演示工𠮷一"
PAGES = (
    "", "/register", "/transfers", "/ledger?source=all", "/weeks", "/board", "/imports",
    "/workbench", "/explain?indicator=S06", "/find?number=演示",
)  # fmt: skip


async def register(page: Page) -> str:
    """Register a complaint; return the case's address."""
    await page.click('a[href="/console/register"]')
    await page.fill("#f-employer", "演示丁劳务有限公司（虚构）")
    await page.fill("#f-worker\\.name\\.0", NAME)
    await page.fill("#f-worker\\.claimed\\.0", "12,345.60")
    await page.click(GO)
    await expect(page.locator(".receipt .big").first).to_contain_text("XS")
    assert NAME not in page.url
    await page.click(".receipt a.button")
    return page.url.split("?")[0]


async def test_what_was_typed_survives_a_version_that_moved_on(
    browser: Browser, whole: Whole
) -> None:
    centre = await signed_in(browser, whole, "lc-01")
    case = await register(centre)
    await whole.settled()
    await centre.goto(f"{case}/acts/ScreenClue")
    other = await signed_in(browser, whole, "lc-02")
    await other.goto(case)
    await act(other, "ScreenClue", matter="not_wage", jurisdiction="ours")
    await centre.select_option("#f-matter", "wage")
    await centre.select_option("#f-jurisdiction", "ours")
    await centre.click(GO)
    await expect(centre.locator(".refusal")).to_contain_text("刚才有人动过")
    await expect(centre.locator(".refusal tbody")).to_contain_text("不是欠薪")
    await expect(centre.locator("#f-matter")).to_have_value("wage")
    await centre.click(GO)
    await expect(centre.locator(".notice.good")).to_be_visible()


async def test_a_missing_field_is_said_at_the_field(
    browser: Browser, whole: Whole
) -> None:
    centre = await signed_in(browser, whole, "lc-01")
    await centre.goto(f"{whole.settings.address('reporting')}/console/register")
    await centre.fill("#f-worker\\.claimed\\.0", "1.234")
    await centre.click(GO)
    await expect(centre.locator("#w-employer")).to_be_visible()
    await expect(centre.locator("#f-worker\\.claimed\\.0")).to_have_value("1.234")


@pytest.mark.slow
async def test_no_page_has_grave_findings_or_runs_off_a_narrow_screen(
    browser: Browser, whole: Whole
) -> None:
    base = whole.settings.address("reporting")
    for who, paths in (
        ("lc-01", PAGES),
        ("op-01", ("/health", "/flow", "/parked")),
        ("au-01", ("/as-known", "/verify", "/traces", "/erasures")),
    ):
        page = await signed_in(browser, whole, who, script=True)
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 800})
            for path in paths:
                await page.goto(f"{base}/console{path}")
                await looked_at(page)


async def test_a_person_is_found_by_a_telephone_with_a_reason(
    browser: Browser, whole: Whole
) -> None:
    phone = "1390555" + str(uuid4().int)[:4]
    begun = await complain(
        whole, workers=[{"name": NAME, "phone": phone, "claimed": {"minor": 100}}]
    )
    page = await signed_in(browser, whole, "li-01")
    await page.fill("#find", begun.receipt[-5:])
    await page.press("#find", "Enter")
    await expect(page.locator("tbody")).to_contain_text(begun.receipt)
    await page.fill("#f-phone", phone)
    await page.select_option("#f-reason", "call-back")
    await page.click(GO)
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody")).to_contain_text(begun.receipt)
    assert phone not in await page.content()
    assert phone not in page.url


async def test_english_is_a_switch_that_stays(browser: Browser, whole: Whole) -> None:
    page = await signed_in(browser, whole, "lc-01")
    await page.click(".who a")
    await expect(page.locator("h1")).to_have_text("Today")
    await page.click('a[href="/console/ledger"]')
    await expect(page.locator("h1")).to_have_text(re.compile("ledger"))


ROSTER = "姓名,欠薪金额,电话\n演示工名一,1000.50,13800000001\n演示工名二,一百,\n"


async def test_a_roster_fills_the_form_and_says_what_to_correct(
    browser: Browser, whole: Whole
) -> None:
    page = await signed_in(browser, whole, "lc-01")
    await page.click('a[href="/console/register"]')
    await page.fill("#f-employer", "演示丁劳务有限公司（虚构）")
    sheet = FilePayload(name="名册.csv", mimeType="text/csv", buffer=ROSTER.encode())
    await page.set_input_files("#f-roster", sheet)
    await page.click("button[name=read]")
    await expect(page.locator("#workers .notice")).to_contain_text("第 3 行 B 列")
    await expect(page.locator("#f-worker\\.claimed\\.0")).to_have_value("1,000.50")
    await page.fill("#f-worker\\.claimed\\.1", "100")
    await page.click(GO)
    await expect(page.locator(".receipt tbody tr")).to_have_count(2)


async def test_a_sheet_of_another_layout_is_refused_in_one_sentence(
    browser: Browser, whole: Whole
) -> None:
    page = await signed_in(browser, whole, "lc-01")
    await page.click('a[href="/console/imports"]')
    await page.select_option("#f-profile", "ledger")
    sheet = FilePayload(name="名册.csv", mimeType="text/csv", buffer=ROSTER.encode())
    await page.set_input_files("#f-file", sheet)
    await page.click(GO)

    async def refused() -> bool:
        await page.reload()
        return await page.locator(".refusal").count() == 1

    assert await eventually(refused, 30)
    await expect(page.locator(".refusal")).to_contain_text("wrong-template")
