"""The workbench in a browser: usable by everybody, also on a phone's width."""

from datetime import date

from playwright.async_api import Browser, FilePayload, expect

from tests.browser.desk import GO, console, signed_in
from tests.browser.looking import looked_at
from tests.end_to_end.whole import Whole
from tests.eventually import eventually
from tests.unit.sheet_files import xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = xlsx(
    [
        ["虚构街道欠薪台账（单位：万元）"],
        ["序号", "台账编号", "登记日期", "单位名称", "反映金额"],
        [1, "浏-1", date(2023, 9, 10), "演示甲建筑有限公司（虚构）", 1.25],
        ["合计", None, None, None, 1.25],
    ]
)


async def test_an_officer_maps_a_paper_ledger_by_choosing(
    browser: Browser, whole: Whole
) -> None:
    """F-2.2.3c: what is proposed is seen, named, and tried in one go."""
    page = await signed_in(browser, whole, "do-01", script=True)
    await page.goto(console(whole, "/workbench"))
    sheet = FilePayload(name="台账.xlsx", mimeType=XLSX, buffer=PAPER)
    await page.set_input_files("#f-file", sheet)
    await page.click(GO)
    await expect(page.locator("#m-B")).to_have_value("channel_number")
    await expect(page.locator("#u-E")).to_have_value("wan")
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await looked_at(page)
    for field, text in (
        ("name", "browser-paper"),
        ("title_zh", "虚构台账"),
        ("title_en", "Invented ledger"),
    ):
        await page.fill(f"#f-{field}", text)
    await page.click(GO)

    async def has_sums() -> bool:
        await page.reload()
        return await page.locator("section[aria-labelledby=sums]").count() == 1

    assert await eventually(has_sums, 30)
    await expect(page.locator("section[aria-labelledby=sums]")).to_contain_text(
        "12,500.00"
    )
    await looked_at(page)
