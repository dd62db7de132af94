"""The workbench in the console, without scripts; and the ledger's own sheet again."""

import html
import io
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
import openpyxl

from tests.end_to_end.test_operating import browser
from tests.end_to_end.whole import Whole
from tests.eventually import eventually
from tests.unit.sheet_files import Value, xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRM = "演示甲建筑有限公司（虚构）"
MARK = uuid4().hex[:8]
NAME = f"paper-{MARK}"
PAPER: list[list[Value]] = [
    ["虚构街道2023年欠薪台账（单位：万元）"],
    ["序号", "台账编号", "登记日期", "单位名称", "反映金额", "反映人"],
    [1, f"{MARK}-1", date(2023, 9, 10), FIRM, 1.25, "演示工077"],
    [2, f"{MARK}-2", date(2023, 9, 11), FIRM, 0.5, "演示工078"],
    ["合计", None, None, None, 1.75],
]


class Form(HTMLParser):
    """What a page's last form would send as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = ""
        self._first = True
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.fields = {}
            case "input" if said.get("name"):
                self._input(said)
            case "select":
                self._select, self._first = said["name"], True
            case "option" if self._select:
                if self._first or "selected" in said:
                    self.fields[self._select] = [said.get("value", "")]
                self._first = False

    def _input(self, said: dict[str, str]) -> None:
        ticked = said.get("type") not in {"checkbox", "radio"} or "checked" in said
        if ticked and said.get("type") != "file":
            self.fields.setdefault(said["name"], []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


async def test_f_2_2_3c_a_paper_ledger_is_mapped_and_its_export_is_a_no_op(
    whole: Whole,
) -> None:
    """F-2.2.3c: an office's own ledger by choosing alone; our own sheet is known."""
    async with browser(whole, "do-01") as (client, session):
        trial = await mapped(client, session.csrf)
        page = await report(client, trial)
        assert "17,500.00" in page.text
        form = Form(page.text[: page.text.index("</form>", page.text.index("drafts"))])
        sent = await client.post("/console/workbench/drafts", data=form.fields)
        assert sent.status_code == 303, sent.text
        own = await client.get("/console/workbench")
        assert "another person" in own.text
    await adopted(whole)
    async with browser(whole, "do-01") as (client, session):
        done = await imported(client, session.csrf, (NAME, xlsx(PAPER)))
        assert "SUCCESS" in (await report(client, done)).text
        await whole.settled()
        path = f"/console/ledger.xlsx?source=all&profile={NAME}"
        export = await fetched(client, path)
        assert len(marks(export)) == 2
        before = await registered(whole)
        again = await imported(client, session.csrf, ("own-ledger", export))
        assert (
            "2 rows are known, none was registered"
            in (await report(client, again)).text
        )
        assert await registered(whole) == before
        everything = await fetched(client, "/console/ledger.xlsx?source=all")
        whole_ledger = await imported(client, session.csrf, ("own-ledger", everything))
        known = len(marks(everything))
        said = (await report(client, whole_ledger)).text
        assert f"{known} rows are known, none was registered; 0 are" in said
        assert await registered(whole) == before


async def mapped(client: httpx.AsyncClient, csrf: str) -> str:
    """Upload, be refused for a column chosen twice, choose again, and try."""
    sent = await client.post(
        "/console/workbench",
        data={"csrf": csrf, "start_with": ""},
        files={"file": ("台账.xlsx", xlsx(PAPER), XLSX)},
    )
    assert sent.status_code == 303, sent.text
    place = sent.headers["location"]
    page = await client.get(place)
    assert "演示工" not in page.text
    said: dict[str, Any] = Form(page.text).fields
    assert (said["meaning.B"], said["unit.E"]) == (["channel_number"], ["wan"])
    said |= {"name": NAME, "title_zh": "虚构台账", "title_en": "Invented ledger"}
    wrong = await client.post(place, data={**said, "meaning.A": "channel_number"})
    assert wrong.status_code == 422
    assert "is chosen twice" in wrong.text
    assert f'value="{NAME}"' in wrong.text
    again = Form(wrong.text).fields | {"meaning.A": [""]}
    tried = await client.post(place, data=again)
    assert tried.status_code == 303, tried.text
    return str(tried.headers["location"])


async def report(client: httpx.AsyncClient, place: str) -> httpx.Response:
    """Return an import's page once it is at its end."""

    async def at_its_end() -> httpx.Response:
        page = await client.get(place)
        assert "<progress" not in page.text
        assert not re.search(r"· (waiting|reading|running)", page.text.lower())
        return page

    return await eventually(at_its_end, 30)


async def adopted(whole: Whole) -> None:
    async with browser(whole, "lc-01") as (client, session):
        page = (await client.get("/console/workbench")).text
        found = re.search(r'name="draft_id" value="([^"]+)"', page[page.index(NAME) :])
        assert found is not None
        said = {"csrf": session.csrf, "draft_id": found[1]}
        sent = await client.post("/console/workbench/adoption", data=said)
        assert sent.status_code == 303, html.unescape(sent.text)


async def imported(
    client: httpx.AsyncClient, csrf: str, sheet: tuple[str, bytes]
) -> str:
    name, content = sheet
    sent = await client.post(
        "/console/imports",
        data={"csrf": csrf, "profile": name, "mode": "apply"},
        files={"file": ("台账.xlsx", content, XLSX)},
    )
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


async def fetched(client: httpx.AsyncClient, path: str) -> bytes:
    answer = await client.get(path, headers={"Accept": "*/*"})
    assert answer.status_code == 200, answer.text
    return answer.content


def marks(content: bytes) -> list[str]:
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    last = [row[-1] for row in page.iter_rows(min_row=5, values_only=True)]
    return [str(mark) for mark in last if mark]


async def registered(whole: Whole) -> int:
    """Return how many clues and rows of history intake has recorded."""
    async with whole.database("intake") as pool:
        return int(
            await pool.fetchval(
                "SELECT count(*) FROM journal.event"
                " WHERE type IN ('HistoryImported', 'ClueRegistered')"
            )
        )
