"""A patrol on a telephone without a network: kept with its photo, and sent later."""

from playwright.async_api import Browser, FilePayload, Page, expect

from tests.browser.desk import GO, console, signed_in
from tests.browser.looking import looked_at
from tests.end_to_end.whole import Act, Whole
from tests.unit.pictures import CAME, PLACE, PNG

PHOTO: FilePayload = {"name": "site.png", "mimeType": "image/png", "buffer": CAME}
DAY = "2023-11-20"
READY = 'html[data-offline="ready"]'
KEPT = """
async (path) => Boolean(await (await caches.open("qingxin-patrol-pages")).match(path))
"""
PATROLS = "SELECT patrol_id FROM patrol WHERE unit = $1 AND finding IS NULL"


async def planned(whole: Whole, unit: str) -> str:
    """Plan a unit's patrol of today; return its page's path."""
    body = {"area": "R1", "unit": unit, "days": [DAY]}
    await whole.do(Act("lg-01", "intake", "/v1/patrols", body))
    await whole.settled()
    async with whole.database("reporting") as pool:
        return f"/patrols/{await pool.fetchval(PATROLS, unit)}"


async def sent(page: Page) -> None:
    """Send the form; the patrol then has its photo, and the form is gone."""
    await page.click(GO)
    photos = page.locator("section[aria-labelledby=photos] tbody tr")
    await expect(photos).to_have_count(1)
    await expect(page.locator("#f-finding")).to_have_count(0)


async def test_f_2_1_2b_a_visit_is_kept_without_a_network_and_sent_when_there_is_one(
    browser: Browser, whole: Whole
) -> None:
    """F-2.1.2b: photo and offline capture; opened before, it opens out there."""
    path = await planned(whole, "R2")
    page = await signed_in(browser, whole, "r2-01", script=True)
    await page.goto(console(whole, path))
    await expect(page.locator(READY)).to_be_attached()
    await page.context.set_offline(True)
    await page.goto(console(whole, path))
    await page.select_option("#f-finding", "no_notice_board")
    await page.set_input_files("#f-photo", PHOTO)
    await page.click(GO)
    await expect(page.locator("#draft")).to_contain_text("没有网络")
    await page.goto(console(whole, path))
    await expect(page.locator("#f-finding")).to_have_value("no_notice_board")
    await expect(page.locator("#f-occurred_at")).not_to_have_value("")
    await looked_at(page)
    # The page reloads by itself then; a goto beside that would be aborted by it.
    await page.context.set_offline(False)
    await expect(page.locator("#draft")).to_contain_text("还没有送出")
    await sent(page)
    await page.goto(console(whole, "/patrols"))
    await expect(page.locator("[data-drafts]")).to_be_hidden()
    assert not await page.evaluate(KEPT, f"/console{path}")


async def test_without_a_script_the_form_takes_the_photo_all_the_same(
    browser: Browser, whole: Whole
) -> None:
    path = await planned(whole, "R3")
    page = await signed_in(browser, whole, "r3-01")
    await page.goto(console(whole, path))
    broken: FilePayload = {**PHOTO, "buffer": CAME[:40]}
    await page.set_input_files("#f-photo", broken)
    await page.select_option("#f-finding", "wages_unpaid")
    await page.click(GO)
    await expect(page.locator(".refusal")).to_contain_text("这张图片打不开")
    await expect(page.locator("#f-finding")).to_have_value("wages_unpaid")
    await page.set_input_files("#f-photo", PHOTO)
    await sent(page)
    link = page.locator("section[aria-labelledby=photos] tbody a").first
    given = await page.request.get(await link.evaluate("one => one.href"))
    assert (await given.body(), PLACE.encode() in CAME) == (PNG, True)
    assert given.headers["content-disposition"].startswith("attachment; ")
