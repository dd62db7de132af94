"""A group case on the console: its flag, its roster, its part, and who is told."""

from collections.abc import Iterator
from datetime import datetime

import httpx

from libs.events.contracts.tracks import CaseClassified
from libs.events.event import Recorded
from libs.ids import case_id, claim_id
from libs.money import Money
from services.enforcement.roster import ConfirmClaim, DisclaimClaim
from services.enforcement.splitting import SplitClaims
from services.intake.clue import RegisterClue
from tests.console_scene import console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.group_scenes import PART
from tests.unit.matters import EMPLOYER, line
from tests.unit.offices import by
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, link, register, rule

CASE = case_id(clue_id("A"))
THOUSAND = Money(minor=100_000, currency="CNY")


def story() -> Iterator[Recorded]:
    """A crew leader's twelve names: one confirms, one disclaims, the last one parts.

    Ten of them had complained before, a group by themselves: the two cases are one.
    """
    world = World(frozenset({"hear-event"}))
    assert world.do("intake", roster(), by("LC")) is None
    register(world, "B", "LC", *(1000,) * 10)
    settle(world)
    assert link(world, "B", "A", "DB", *((n, n) for n in range(1, 11))) is None
    settle(world)
    assert rule(world, "A", "LI") is None
    settle(world)
    one, two, last = (claim_id(clue_id("A"), n) for n in (1, 2, 12))
    words = (
        ConfirmClaim(case_id=CASE, claim_id=one, method="call"),
        DisclaimClaim(case_id=CASE, claim_id=two, method="call", reason="not_me"),
    )
    for word in words:
        assert world.do("enforcement", word, by("LC", number=2)) is None
    parting = SplitClaims(
        case_id=CASE, new_case_id=PART, claim_ids=(last,), ground="other_employer"
    )
    assert world.do("enforcement", parting, by("LI")) is None
    settle(world)
    seqs: dict[str, int] = {}
    for record in (*world.said, *classified(world.said[-1].recorded_at)):
        seqs[record.service] = seqs.get(record.service, 0) + 1
        yield Recorded(**{**vars(record), "seq": seqs[record.service]})


def classified(at: datetime) -> Iterator[Recorded]:
    """Put the case on a track, and on another one."""
    said = {"case_id": CASE, "rule_version": 1, "unit": "LI"}
    first = CaseClassified.model_validate({**said, "track": "mediation"})
    change = {"track": "arbitration", "previous": "mediation", "reason": "no-agreement"}
    second = CaseClassified.model_validate({**said, **change})
    for number, fact in enumerate((first, second), 1):
        stream, numbers = f"track-{CASE}", (number, number)
        yield Story.recorded("enforcement", stream, fact, (at, None), numbers)


def roster() -> RegisterClue:
    """Return a complaint with twelve names that a roster gave."""
    names = (line(n, THOUSAND) for n in range(1, 13))
    return RegisterClue(
        clue_id=clue_id("A"),
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=clue_id("A"),
        first_asked_unit="LC",
        area="310199001",
        employer=EMPLOYER,
        workers=tuple(n.model_copy(update={"roster_only": True}) for n in names),
    )


def settle(world: World) -> None:
    world.settle(lambda _: 0)


async def test_owner_and_office_see_the_group_its_roster_and_its_part(
    fresh_database: FreshDatabases,
) -> None:
    """F-1.5, domain §5.4: on the case page, Today, the ledger and the list."""
    async with console_scene(fresh_database, list(story())) as console:
        inspector, _ = await console.signed_in("li-01")
        shown = (await inspector.get(f"/console/cases/{CASE}")).text
        assert "标记时 12 人有未了结请求（10 人起），现 11 人" in shown
        assert "已核实身份 1 人，未确认 9 人，本人否认 1 人" in shown
        assert f'href="/console/cases/{PART}"' in shown
        assert f"/console/cases/{CASE}/acts/SplitClaims" in shown
        assert "acts/LiftGroupFlag" not in shown
        track = shown.split("<dt>分类施策</dt>")[1].split("</dd>")[0]
        words = ("仲裁", "由 调解", "一方不同意调解或未达成协议", "由劳动者本人申请")
        assert [word for word in words if word not in track] == []
        form = await inspector.get(f"/console/cases/{CASE}/acts/SplitClaims")
        assert form.status_code == 200
        part = (await inspector.get(f"/console/cases/{PART}")).text
        assert f'href="/console/cases/{CASE}"' in part
        assert "acts/SendReply" not in part
        assert EMPLOYER.name is not None
        assert EMPLOYER.name in part
        today = (await inspector.get("/console")).text
        assert "群体性案件（本单位负责）" in today
        assert "劳动者否认，待核实" in today
        office, _ = await console.signed_in("lg-01")
        assert "全部在办群体性案件" in (await office.get("/console")).text
        lifting = f"/console/cases/{CASE}/acts/LiftGroupFlag"
        assert lifting in (await office.get(f"/console/cases/{CASE}")).text
        window, _ = await console.signed_in("lc-02")
        assert "花名册，待回访核实本人" in (await window.get("/console")).text
        listed = await inspector.get("/console/rosters")
        # Intake's door is down here: the list stands all the same, without telephones.
        assert listed.status_code == 200
        assert "90 %" in listed.text
        sheet = await inspector.get("/console/ledger.xlsx?group=true")
        assert sheet.status_code == 200
        await hold_the_twins(console.api("li-01"))


async def hold_the_twins(api: httpx.AsyncClient) -> None:
    """Hold that the interface says the same; no sum is counted twice."""
    ledger = (await api.get("/v1/ledger?group=true")).json()
    (one,) = ledger["items"]
    assert (one["case_id"], one["group_case"]) == (str(CASE), True)
    assert (one["identified"], one["unidentified"]) == (1, 10)
    every = (await api.get("/v1/ledger")).json()
    assert [t["claimed"] for t in every["totals"] if t["currency"]] == [1_200_000]
    checks = (await api.get("/v1/roster-checks")).json()["items"]
    assert [(c["named"], c["disclaimed"]) for c in checks] == [(11, 1), (1, 0)]
    body = (await api.get(f"/v1/cases/{CASE}")).json()
    assert len(body["grouped"]["roster"]) == 11
    assert [one["track"] for one in body["tracks"]] == ["mediation", "arbitration"]
    assert body["grouped"]["apart"][0]["case_id"] == str(PART)
