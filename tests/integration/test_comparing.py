"""Two dates compared: rows and cells, sums and their events, and what is too late."""

from io import BytesIO
from uuid import UUID

import httpx
from openpyxl import load_workbook

from libs.events.event import Actor
from services.reporting.reading.asking import Asking
from services.reporting.reading.comparing import Comparison, Pair, compared
from services.reporting.reading.ledger import Filters
from services.reporting.reading.weeks_compared import Wanted, weeks_compared
from tests.console_scene import Console, console_scene
from tests.integration.test_figures import campaign
from tests.stack import FreshDatabases
from tests.unit.offices import on

ASKING = Asking(Actor(UUID(int=1), "leading-group", "LG"))
STORY, ONE, LATE, NONE = campaign()
END = on(12, 20)
BOTH = {"t1": "2023-12-07T12:00", "t2": "2023-12-20T12:00"}
LEDGER = "/console/ledger/compare"


async def twice(console: Console, pair: Pair, **filters: str) -> Comparison:
    """Return the ledger at both times; its reasons make up the difference."""
    chosen = Filters.model_validate(filters)
    found = (await compared(console.running, ASKING, chosen, pair)).found
    assert found is not None
    assert found.explained
    return found


def why(found: Comparison) -> dict[str, tuple[int, int, int]]:
    """Return each reason's number, and what it moved the verified and paid sums by."""
    return {
        one.why: (one.number, one.sums["verified"] // 100, one.sums["paid"] // 100)
        for one in found.reasons
    }


async def _rows(console: Console) -> None:
    found = await twice(console, Pair(on(12, 7), END))
    assert (list(found.came), list(found.went)) == ([], [])
    changed = {new.case_id: (old.paid, new.paid) for old, new in found.changed}
    assert changed[ONE.case_id] == (12_000, 20_600)
    assert len(changed) == 3
    assert why(found) == {
        "ClaimOpened": (2, 0, 0),
        "FactsVerified": (1, 350, 0),
        "WagesPaid": (1, 0, 86),
        "WageReceiptConfirmed": (1, 0, 0),
    }
    assert found.differences["CNY"]["claimed"] == (360 + 10) * 100
    registered = await twice(console, Pair(on(11, 20), END))
    assert {line.case_id for line in registered.came} == {LATE.case_id, NONE.case_id}
    assert registered.registered == {LATE.case_id, NONE.case_id}
    came = await twice(console, Pair(on(11, 28), END), unit="LI")
    assert ([line.case_id for line in came.came], came.registered) == (
        [LATE.case_id],
        frozenset(),
    )
    assert why(came)["came"] == (1, 350, 0)
    went = await twice(console, Pair(on(11, 28), END), unit="DO")
    assert [line.case_id for line in went.went] == [LATE.case_id]
    assert {one.type for one in went.events[LATE.case_id]} >= {"CaseTransferred"}


async def _weeks(console: Console) -> None:
    """S18-workers: the week's payment was reversed, and another one came."""
    wanted = Wanted(5, "new", None)
    pair = Pair(on(12, 5, 15), END)
    answer = await weeks_compared(console.running, ASKING, wanted, pair)
    assert answer is not None
    assert answer.found.figures is not None
    moved = {one.indicator.id: one for one in answer.found.figures}
    assert all(one.explained for one in moved.values())
    differ = {name: one for name, one in moved.items() if one.came or one.went}
    assert differ
    for one in differ.values():
        if one.indicator.measure == "fen":
            came = sum(fact.amount for fact in one.came)
            assert one.difference == came - sum(fact.amount for fact in one.went)
    early = await weeks_compared(console.running, ASKING, wanted, None)
    assert early is not None
    assert early.found.figures is None
    gone = Wanted(99, "new", None)
    assert await weeks_compared(console.running, ASKING, gone, None) is None


async def _pages(console: Console) -> None:
    browser, _ = await console.signed_in("lg-01")
    shown = await browser.get(LEDGER, params=BOTH)
    assert shown.status_code == 200
    assert "差额已由以上事件逐分说明" in shown.text
    assert "120.00 → <strong>206.00</strong>" in shown.text
    week = await browser.get("/console/weeks/5/compare", params=BOTH)
    assert week.status_code == 200
    assert "T2 所知" in week.text
    assert LEDGER in (await browser.get("/console/ledger")).text
    sheet = _sheets(await browser.get(f"{LEDGER}.xlsx", params=BOTH))
    assert list(sheet) == ["时点", "合计与差额", "行与栏目", "期间事件"]
    assert ("变化", None, "已付", 120, 206) in sheet["行与栏目"]
    weeks = _sheets(await browser.get("/console/weeks/5/compare.xlsx", params=BOTH))
    assert list(weeks) == ["时点", "指标", "期间增减的事实"]


async def _facts(console: Console) -> None:
    """Figures count every case; whose cases they are is told to who sees those."""
    told = {}
    for officer in ("lg-01", "po-01"):
        async with console.api(officer) as client:
            answer = await client.get("/v1/figures/S06/facts")
        told[officer] = answer.json()
    whole, part = told["lg-01"], told["po-01"]
    assert part["value"] == whole["value"] > 0
    assert (whole["hidden"], part["hidden"]) == (0, len(whole["facts"]))
    assert part["facts"] == []


async def _refused(console: Console) -> None:
    """A time behind the watermark says so; both times are needed, in their order."""
    browser, _ = await console.signed_in("lg-01")
    for path in (LEDGER, "/console/weeks/5/compare"):
        for said, words in (
            ({**BOTH, "t2": "2023-12-20T12:01"}, "数据目前完整至 2023-12-20 12:00:00"),
            ({"t1": BOTH["t2"], "t2": BOTH["t1"]}, "须早于"),
            ({"t1": BOTH["t1"]}, "同时填写"),
        ):
            for form in (path, f"{path}.xlsx"):
                answer = await browser.get(form, params=said)
                assert (answer.status_code, words in answer.text) == (422, True), form
                assert said["t1"] in answer.text
        bad = await browser.get(path, params={**BOTH, "t1": "yesterday"})
        assert bad.status_code == 422
        assert (await browser.get(path)).status_code == 200
    console.watermarks.complete = None
    nothing = await browser.get(LEDGER, params=BOTH)
    assert (nothing.status_code, "完整至 —" in nothing.text) == (422, True)
    window, _ = await console.signed_in("lc-01")
    assert (await window.get(LEDGER, params=BOTH)).status_code == 403


def _sheets(answer: httpx.Response) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(BytesIO(answer.content))
    return {
        one.title: [tuple(row) for row in one.iter_rows(values_only=True)]
        for one in book.worksheets
    }


async def test_two_times_of_the_ledger_and_of_a_week_are_compared(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, STORY.said) as console:
        await _rows(console)
        await _weeks(console)
        await _pages(console)
        await _facts(console)
        await _refused(console)
