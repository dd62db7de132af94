"""Every page of the console on paper: its size, nothing cut, nothing to click."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.desk import console, signed_in
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Whole

# Points: 72 to the inch.
A4, A3_ACROSS = (595, 842), (1191, 842)
SHEETS = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
# The paper without its margins, in CSS pixels: 96 to the inch.
PRINTABLE = {A4: 702, A3_ACROSS: 1511}
REGISTER = "register"
MENU = ".menu a"
CUT = """() => [...document.querySelectorAll("main *, footer *, .demo")]
  .filter(one => one.checkVisibility() && !one.closest("svg *, .hidden"))
  .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1
    || (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        && getComputedStyle(one).overflowX !== "visible"))
  .map(one => one.outerHTML.slice(0, 160))"""
# What Chromium repeats on every page: a table's head and foot that are not torn.
REPEATED = """all => all.map(one => getComputedStyle(one))
  .map(style => [style.display, style.breakInside])"""
CLICKED = """() => [...document.querySelectorAll(
    "main button, main input, main select, .menu, .top, .noprint, .skip")]
  .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 160))"""


async def on_paper(page: Page) -> None:
    """Print a page; hold it to its paper, to nothing cut, and to its foot."""
    wide = REGISTER in (await page.get_attribute("body", "class") or "").split()
    paper = A3_ACROSS if wide else A4
    pdf = await page.pdf(prefer_css_page_size=True, print_background=True)
    sizes = {(round(float(w)), round(float(h))) for w, h in SHEETS.findall(pdf)}
    assert sizes == {paper}, (page.url, sizes)
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": PRINTABLE[paper], "height": 900})
    assert await page.evaluate(CUT) == [], page.url
    assert await page.evaluate(CLICKED) == [], page.url
    await expect(page.locator(".printed")).to_be_visible()
    heads = page.locator("main thead")
    styles = await heads.evaluate_all(
        "all => all.map(o => getComputedStyle(o).display)"
    )
    assert set(styles) <= {"table-header-group"}
    await page.emulate_media(media="null")


@pytest.mark.slow
async def test_every_page_prints_on_its_paper_with_nothing_cut(
    browser: Browser, whole: Whole
) -> None:
    begun = await complain(whole)
    await whole.settled()
    for who, more in (
        ("lg-01", [f"/cases/{begun.case_id}", "/ledger?lang=en&source=all"]),
        ("op-01", []),
    ):
        page = await signed_in(browser, whole, who)
        links = await page.locator(MENU).evaluate_all("all => all.map(o => o.href)")
        assert links
        for address in [*links, *(console(whole, path) for path in more)]:
            await page.goto(address)
            await on_paper(page)


async def test_the_foot_says_what_it_is_as_known_when_and_who_printed_it(
    browser: Browser, whole: Whole
) -> None:
    page = await signed_in(browser, whole, "lg-01")
    await page.goto(console(whole, "/ledger?as_of=2023-11-01"))
    foot = await page.locator(".printed").text_content()
    assert foot is not None
    for said in ("欠薪台账", "2023-11-01 23:59:59", "打印："):
        assert said in foot
    await page.goto(console(whole, "/board"))
    assert "按现在所知" in (await page.locator(".printed").text_content() or "")


async def test_the_check_does_find_a_cell_that_is_cut(browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    await page.set_viewport_size({"width": PRINTABLE[A4], "height": 900})
    await page.set_content(
        "<body><main><p style='width:2000px'>x</p>"
        "<div style='overflow:hidden;width:50px'><b style='display:block;width:90px'>y"
    )
    assert len(await page.evaluate(CUT)) == 2
