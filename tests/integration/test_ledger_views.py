"""The ledger as an officer likes it: chosen columns, saved under a name of theirs."""

from io import BytesIO

import httpx
from openpyxl import load_workbook

from services.reporting.console.columns import COLUMNS
from services.reporting.console.saved_views import MOST
from tests.console_scene import Console, console_scene
from tests.integration.test_duplicate_pages import story
from tests.stack import FreshDatabases

CHOSEN = {"columns": "unit,claimed,workers", "state": "open"}
HEADS = ["编号", "责任单位", "人数", "反映金额"]


async def posted(
    browser: httpx.AsyncClient, csrf: str, path: str, **said: str
) -> httpx.Response:
    return await browser.post(f"/console/ledger/{path}", data={"csrf": csrf, **said})


def heads(answer: httpx.Response) -> list[str | None]:
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    return [cell.value for cell in sheet[4]]


async def _columns(console: Console) -> None:
    browser, _ = await console.signed_in("lc-01")
    shown = await browser.get("/console/ledger", params=CHOSEN)
    assert [shown.text.count(f">{head}</th>") for head in HEADS] == [1] * 4
    assert ">已付</th>" not in shown.text
    assert "18,700.00" in shown.text  # The sum stands under its column.
    sheet = await browser.get("/console/ledger.xlsx", params=CHOSEN)
    assert heads(sheet) == HEADS
    usual = heads(await browser.get("/console/ledger.xlsx"))
    assert (len(usual), usual[0]) == (len(COLUMNS), HEADS[0])
    text = await browser.get("/console/ledger.csv", params=CHOSEN)
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    assert text.content.decode("utf-8-sig").splitlines()[0] == ",".join(HEADS)
    ticked = await browser.get("/console/ledger?state=open&column=unpaid&column=unit")
    assert (ticked.status_code, ticked.headers["location"]) == (
        303,
        "/console/ledger?state=open&columns=number%2Cunit%2Cunpaid",
    )
    unknown = await browser.get("/console/ledger?columns=salary")
    assert unknown.status_code == 422
    assert "没有这一栏：salary" in unknown.text


async def _views(console: Console) -> None:
    browser, session = await console.signed_in("lc-01")
    query = "state=open&columns=unit,unpaid&evil=1"
    kept = await posted(browser, session.csrf, "views", name="本周未付", query=query)
    there = "/console/ledger?state=open&columns=number%2Cunit%2Cunpaid"
    assert (kept.status_code, kept.headers["location"]) == (303, there)
    page = await browser.get("/console/ledger")
    link = there.replace("&", "&amp;")
    assert f'<a href="{link}">本周未付</a>' in page.text
    other, _ = await console.signed_in("li-01")
    assert "本周未付" not in (await other.get("/console/ledger")).text
    foreign = await posted(browser, "0" * 64, "views", name="x", query="")
    assert foreign.status_code == 403
    nameless = await posted(browser, session.csrf, "views", name=" ", query="")
    assert nameless.status_code == 409
    for number in range(MOST - 1):
        await posted(browser, session.csrf, "views", name=f"v{number}", query="")
    full = await posted(browser, session.csrf, "views", name="one more", query="")
    assert full.status_code == 409
    again = await posted(browser, session.csrf, "views", name="本周未付", query="")
    assert again.status_code == 303
    for _ in range(2):
        gone = await posted(browser, session.csrf, "views/removal", name="本周未付")
        assert gone.status_code == 303
    assert "本周未付" not in (await browser.get("/console/ledger")).text


async def test_columns_are_chosen_and_views_saved_for_oneself_alone(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, list(story())) as console:
        await _columns(console)
        await _views(console)
