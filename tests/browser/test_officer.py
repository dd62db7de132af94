"""The officer's way in a browser without script: register, transfer, verify."""

import re

from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.looking import looked_at
from tests.end_to_end.whole import Whole

WIDE: ViewportSize = {"width": 1280, "height": 900}
NAME = "演示工𠮷一"
GO = "form.act button:not([name])"
PAGES = (
    "", "/register", "/transfers", "/ledger?source=all", "/weeks", "/board", "/imports",
    "/explain?indicator=S06",
)  # fmt: skip


async def signed_in(
    browser: Browser, whole: Whole, who: str, *, script: bool = False
) -> Page:
    """Sign in by the issuer's page, as a browser does: code, PKCE, cookie."""
    context = await browser.new_context(viewport=WIDE, java_script_enabled=script)
    page = await context.new_page()
    await page.goto(f"{whole.settings.address('reporting')}/console/sign-in")
    await page.click(f'button[value="{who}"]')
    await page.wait_for_url("**/console**")
    return page


async def act(page: Page, name: str, **typed: str) -> None:
    """Open an act from the case page, fill its form and send it."""
    await page.click(f'a[href*="/acts/{name}"] >> nth=0')
    for field, text in typed.items():
        box = page.locator(f"#f-{field}")
        if await box.evaluate("one => one.tagName") == "SELECT":
            await box.select_option(text)
        else:
            await box.fill(text)
    await page.click(GO)
    await page.wait_for_load_state()


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


async def test_an_officer_carries_a_complaint_to_a_confirmed_payment(
    browser: Browser, whole: Whole
) -> None:
    centre = await signed_in(browser, whole, "lc-01")
    case = await register(centre)
    await whole.settled()
    await centre.goto(case)
    await act(centre, "ScreenClue", matter="wage", jurisdiction="ours")
    await act(centre, "ProposeTransfer", to_unit="LI", reason="department")
    await whole.settled()
    street = await signed_in(browser, whole, "li-01")
    await street.goto(f"{whole.settings.address('reporting')}/console/transfers")
    await street.goto(case)
    await act(street, "AcceptTransfer")
    await whole.settled()
    await street.goto(case)
    await act(street, "VerifyFacts", verified="12345.60")
    await act(
        street,
        "RecordWagesPaid",
        amount="12345.60",
        payer="employer",
        proof="bank-slip",
    )
    await whole.settled()
    await centre.goto(case)
    await act(centre, "ConfirmReceipt", method="call")
    await whole.settled()
    await street.goto(case)
    await expect(street.locator(".amounts .confirmed")).to_contain_text("12,345.60")
    await street.goto(f"{whole.settings.address('reporting')}/console/ledger")
    row = street.locator(
        "table.ledger tbody tr",
        has=street.locator(f'a[href*="{case.rsplit("/", 1)[1]}"]'),
    )
    await expect(row).to_contain_text("12,345.60")


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


async def test_no_page_has_grave_findings_or_runs_off_a_narrow_screen(
    browser: Browser, whole: Whole
) -> None:
    base = whole.settings.address("reporting")
    for who, paths in (
        ("lc-01", PAGES),
        ("op-01", ("/health", "/flow", "/parked")),
        ("au-01", ("/as-known", "/verify", "/traces")),
    ):
        page = await signed_in(browser, whole, who, script=True)
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 800})
            for path in paths:
                await page.goto(f"{base}/console{path}")
                await looked_at(page)


async def test_english_is_a_switch_that_stays(browser: Browser, whole: Whole) -> None:
    page = await signed_in(browser, whole, "lc-01")
    await page.click(".who a")
    await expect(page.locator("h1")).to_have_text("Today")
    await page.click('a[href="/console/ledger"]')
    await expect(page.locator("h1")).to_have_text(re.compile("ledger"))
