"""Supervision in the console: its page and sheet, Today, the case page, and the API."""

from datetime import date
from io import BytesIO
from typing import Any

import httpx
from openpyxl import load_workbook

from libs.events.contracts.clocks import DeadlineMissed, DeadlineSet
from libs.events.contracts.supervision import (
    CaseEscalated,
    CaseLeaderAssigned,
    CaseListedForSupervision,
    DeadlineRungReached,
    TaskForceFormed,
    UrgeRead,
)
from libs.events.event import Event, Recorded
from libs.ids import actor_id, deadline_id, named
from tests.console_scene import console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.matters import ASSIGNED, CASE, OPENED
from tests.unit.offices import on
from tests.unit.web_door import ISSUER

DEADLINE = deadline_id("CLK-02", CASE)
LEADER = actor_id(ISSUER, "hd-01")
URGE, SIGNED = named("test-urge", 1), named("test-urge", 2)


def rung(urge_id: Any, name: str, unit: str) -> DeadlineRungReached:
    return DeadlineRungReached.model_validate(
        {
            "urge_id": urge_id,
            "case_id": CASE,
            "deadline_id": DEADLINE,
            "clock": "CLK-02",
            "rung": name,
            "point": name,
            "addressee": "duty",
            "unit": unit,
            "due_on": date(2023, 12, 1),
            "due_at": on(12, 2, 8),
            "ladder_version": 1,
        }
    )


DUE = DeadlineSet(
    deadline_id=DEADLINE,
    clock="CLK-02",
    case_id=CASE,
    subject=CASE,
    unit="LC",
    article="a",
    rule_version=1,
    calendar_version="1",
    start_event=CASE,
    start_on=date(2023, 11, 24),
    due_on=date(2023, 12, 1),
    due_at=on(12, 2, 8),
    provisional=False,
)
MISSED = DeadlineMissed(
    deadline_id=DEADLINE, clock="CLK-02", case_id=CASE, subject=CASE, due_at=DUE.due_at
)
SUPERVISED: tuple[Event, ...] = (
    CaseEscalated(case_id=CASE, reason="group", by_unit="LC"),
    CaseLeaderAssigned(case_id=CASE, leader_id=LEADER, leader_unit="HD"),
    CaseListedForSupervision(
        case_id=CASE, listing_id=URGE, unit="LC", due_on=date(2023, 12, 15)
    ),
)


def story() -> list[Recorded]:
    """A case that is overdue, urged, led, and listed until a day that is over."""
    told = Story()
    force = TaskForceFormed(case_id=CASE, lead_unit="LC", units=("LC", "PS"))
    for one in (OPENED, ASSIGNED, force):
        told.say("routing", f"case-{CASE}", one, on(11, 13))
    told.say("routing", f"deadline-{DEADLINE}", DUE, on(11, 24))
    told.say("routing", f"deadline-{DEADLINE}", MISSED, on(12, 2))
    told.say("routing", f"urge-{URGE}", rung(URGE, "urge", "LC"), on(12, 2))
    told.say("routing", f"urge-{SIGNED}", rung(SIGNED, "supervise", "LC"), on(12, 5))
    read = UrgeRead(urge_id=SIGNED, case_id=CASE, unit="LC")
    told.say("routing", f"urge-{SIGNED}", read, on(12, 6))
    for event in SUPERVISED:
        told.say("routing", f"supervision-{CASE}", event, on(12, 6))
    return told.said


async def test_supervision_shows_who_has_not_signed_and_what_is_overdue(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.4.0, F-2.4.1b, ledger K, S25: page, sheet, filters, Today and the case."""
    async with console_scene(fresh_database, story()) as console:
        async with console.api("lg-01") as client:
            await _asked(client)
        office, _ = await console.signed_in("lg-01")
        async with office:
            await _shown(office)
        await _addressed(console)


async def _asked(client: httpx.AsyncClient) -> None:
    path = "/v1/supervision"
    said = (await client.get(path)).json()
    (line,) = said["cases"]
    assert (line["overdue"], line["row"]["leader_unit"]) == (True, "HD")
    assert said["sums"] == {
        "standing": 1, "listings": 1, "delistings": 0, "overdue": 1, "led": 1,
        "escalated": 1,
    }  # fmt: skip
    assert [one["row"]["rung"] for one in said["urges"]] == ["urge", "supervise"]
    before = {"as_of": "2023-12-05T12:00:00+08:00"}
    then = (await client.get(path, params=before)).json()
    assert (then["cases"], len(then["urges"])) == ([], 2)
    unread = {"urges": "unread", "show": "delisted"}
    narrow = (await client.get(path, params=unread)).json()
    assert [one["row"]["urge_id"] for one in narrow["urges"]] == [str(URGE)]
    assert narrow["cases"] == []
    assert (await client.get(path, params={"show": "x"})).status_code == 422


async def _shown(office: httpx.AsyncClient) -> None:
    page = (await office.get("/console/supervision")).text
    for word in ("演示员·人社局负责人一", "未签收", "已超期"):
        assert word in page
    sheet = await office.get("/console/supervision.xlsx?show=overdue")
    cases, urges = load_workbook(BytesIO(sheet.content)).worksheets
    assert (cases.max_row, urges.max_row) == (2, 3)
    assert cases["I2"].value.date() == date(2023, 12, 15)
    shown = (await office.get(f"/console/cases/{CASE}")).text
    for word in ("挂牌", "群体聚集", "期限升级告知", "提出销号", "演示公安分局"):
        assert word in shown


async def _addressed(console: Any) -> None:
    """What is not signed for stands on the unit's own morning, and on no other's."""
    centre, _ = await console.signed_in("lc-01")
    async with centre:
        today = (await centre.get("/console")).text
        assert "未签收的催办、督办" in today
        assert f"/console/cases/{CASE}/urges/{URGE}/receipt" in today
        assert f"/urges/{SIGNED}/receipt" not in today
        page = (await centre.get(f"/console/cases/{CASE}")).text
        assert f"/urges/{SIGNED}/answer" in page
    police, _ = await console.signed_in("ps-01")
    async with police:
        # Of the task force: it sees the case, and signs for nothing.
        assert (await police.get(f"/console/cases/{CASE}")).status_code == 200
        assert "未签收的催办" not in (await police.get("/console")).text
    stranger, _ = await console.signed_in("do-01")
    async with stranger:
        page = await stranger.get("/console/supervision")
        assert page.status_code == 200
        assert str(CASE) not in page.text
