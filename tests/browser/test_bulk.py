"""A queue by boxes and by keys: two steps, a result for each case, nothing twice."""

from uuid import UUID

from playwright.async_api import Browser, Page, expect

from tests.browser.desk import GO, console, signed_in
from tests.browser.looking import looked_at
from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.whole import Act, Whole

PROPOSED = "SELECT type FROM trail WHERE case_id = $1 AND type = ANY($2)"
ENDS = ["CaseTransferred", "TransferRefused"]
RESULTS = "main tbody tr"


async def handed_to_development(whole: Whole) -> Carried:
    """Register a complaint at the inspection, which proposes it to the office DO."""
    begun = await complain(whole)
    body = {"to_unit": "DO", "reason": "industry"}
    await whole.do(Act("li-01", "routing", f"{_case(begun)}/transfers", body))
    return begun


def _case(begun: Carried) -> str:
    return f"/v1/cases/{begun.case_id}"


async def ends(whole: Whole, case_id: UUID) -> list[str]:
    """Return how a case's transfers ended, as they were recorded."""
    await whole.settled()
    async with whole.database("reporting") as pool:
        return [row["type"] for row in await pool.fetch(PROPOSED, case_id, ENDS)]


async def tick(page: Page, *cases: Carried) -> None:
    for one in cases:
        await page.check(f'input[name="case"][value="{one.case_id}"]')


async def test_each_case_of_a_bulk_has_its_own_result_and_none_is_done_twice(
    browser: Browser, whole: Whole
) -> None:
    one, two, gone = [await handed_to_development(whole) for _ in range(3)]
    await whole.settled()
    page = await signed_in(browser, whole, "do-01")
    await tick(page, one, two, gone)
    await page.click('#bulk-awaiting button[value="AcceptTransfer"]')
    await expect(page.locator("tbody tr")).to_have_count(3)
    assert await ends(whole, one.case_id) == [], (
        "nothing is done before it is confirmed"
    )
    await whole.do(
        Act(
            "do-02",
            "routing",
            f"{_case(gone)}/transfers/refusal",
            {"reason": "industry", "article": "a"},
        )
    )
    await page.click(GO)
    await expect(page.locator(RESULTS)).to_have_count(3)
    await expect(page.locator(".mark.good")).to_have_count(2)
    refused = page.locator(f"{RESULTS}.changed")
    await expect(refused).to_contain_text(gone.receipt)
    await page.reload()
    await expect(page.locator(".mark.good")).to_have_count(2)
    assert await ends(whole, one.case_id) == ["CaseTransferred"]
    assert await ends(whole, gone.case_id) == ["TransferRefused"]


async def test_a_bulk_is_returned_with_a_reason_that_is_asked_for_once(
    browser: Browser, whole: Whole
) -> None:
    one, two = [await handed_to_development(whole) for _ in range(2)]
    await whole.settled()
    page = await signed_in(browser, whole, "do-01")
    await page.goto(console(whole, "/transfers"))
    await tick(page, one, two)
    await page.click('#bulk-awaiting button[value="RefuseTransfer"]')
    await page.fill("#f-article", "XF 23")
    await page.click(GO)
    await expect(page.locator("#w-reason")).to_be_visible()
    await expect(page.locator("#f-article")).to_have_value("XF 23")
    await page.select_option("#f-reason", "industry")
    await page.click(GO)
    await expect(page.locator(".mark.good")).to_have_count(2)
    assert await ends(whole, two.case_id) == ["TransferRefused"]


async def test_nothing_ticked_and_a_hundred_and_one_are_refused_with_what_to_do(
    browser: Browser, whole: Whole
) -> None:
    await handed_to_development(whole)
    await whole.settled()
    page = await signed_in(browser, whole, "do-01")
    await page.click('#bulk-awaiting button[value="AcceptTransfer"]')
    await expect(page.locator("main")).to_contain_text("请先勾选")
    await page.goto(console(whole))
    csrf = await page.locator("input[name=csrf]").first.get_attribute("value")
    form = "&".join(f"case={UUID(int=n)}" for n in range(101))
    said = await page.request.post(
        console(whole, "/bulk"),
        data=f"csrf={csrf}&act=AcceptTransfer&{form}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    text = await said.text()
    assert (said.status, "勾选了 101 件" in text, "减到 100 件以内" in text) == (
        422,
        True,
        True,
    )


async def focused(page: Page) -> str:
    told: str = await page.evaluate(
        "document.activeElement.closest('tr[data-case]')?.dataset.case ?? ''"
    )
    return told


async def test_a_queue_is_worked_by_keys_that_rest_while_one_types(
    browser: Browser, whole: Whole
) -> None:
    for _ in range(2):
        await handed_to_development(whole)
    await whole.settled()
    page = await signed_in(browser, whole, "do-01", script=True)
    await looked_at(page)
    await expect(page.locator("[data-help]")).to_be_visible()
    await page.fill("#find", "")
    await page.locator("#find").press_sequentially("jaktx?")
    await expect(page.locator("#find")).to_have_value("jaktx?")
    await expect(page.locator("[data-help]")).to_be_visible()
    await page.locator("#find").blur()
    await page.keyboard.press("j")
    first = await focused(page)
    await page.keyboard.press("j")
    assert await focused(page) not in {first, ""}
    await page.keyboard.press("k")
    assert await focused(page) == first
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert await page.evaluate(outline) == "solid"
    await page.keyboard.press("x")
    await expect(page.locator(f'input[value="{first}"]').first).to_be_checked()
    await page.keyboard.press("?")
    await expect(page.locator("[data-help]")).to_be_hidden()
    await page.keyboard.press("a")
    await page.wait_for_url(f"**/cases/{first}/acts/AcceptTransfer")
    await page.go_back()
    await page.uncheck("[data-keys]")
    await page.reload()
    await page.keyboard.press("j")
    assert await focused(page) == "", "whoever switched them off keeps them off"
