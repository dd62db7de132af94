"""Duties over the real door and on pages: patrols, incidents, tasks, who answers."""

from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from libs.events.contracts.channels import OpinionItemRegistered
from libs.events.contracts.duties import (
    GridResponsibilityAssigned,
    IndustrySupervisorAssigned,
    RectificationItemLinked,
)
from libs.events.contracts.intake import ComplaintReceived
from libs.events.contracts.patrols import PatrolMissed
from libs.events.event import Recorded
from libs.ids import actor_id, named
from services.intake.timers import miss_patrols
from services.intake.waiting_patrols import VIEW
from tests.console_scene import Console, console_scene
from tests.intake_forms import complaint
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.duty_scenes import (
    DECOMPOSITION,
    INCIDENT,
    PATROL,
    WARNING,
    assigned,
    found,
    planned,
    reported,
    warned,
)
from tests.unit.matters import ASSIGNED, CASE, CLUE, EMPLOYER, ONE, OPENED
from tests.unit.offices import on
from tests.unit.web_door import ISSUER
from tests.views_stand import Memory, apply_live

DAY = "2023-11-13"
PLAN = {"area": "R1", "site": "虚构一号工地", "unit": "R1", "days": [DAY]}


async def test_a_patrol_is_planned_made_and_turned_into_a_clue_or_missed(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    """F-2.1.2b through intake's door: area and unit are the organisation's."""
    async with intake(await fresh_database(set_up_database), tmp_path) as scene:
        foreign = await scene.post("/v1/patrols", {**PLAN, "area": "LI"}, by="lc-01")
        assert foreign.json()["code"] == "no-such-area"
        denied = await scene.post("/v1/patrols", PLAN, by="r1-01")
        assert denied.json()["code"] == "not-permitted"
        plan = await scene.post("/v1/patrols", PLAN, by="lc-01")
        assert plan.status_code == 201, plan.text
        path = "/v1/patrols/" + plan.json()["position"]["stream"][-36:]
        await _made(scene, path)
        twice = {**PLAN, "days": [DAY, "2023-11-14"]}
        assert (await scene.post("/v1/patrols", twice, by="lg-01")).status_code == 201
        await _missed(scene)
        assert await scene.events() == [
            "PatrolScheduled", "PatrolCompleted", "ComplaintReceived",
            "ClueRegistered", "ReceiptIssued", "PatrolLinkedToClue",
            "PatrolScheduled", "PatrolScheduled", "PatrolMissed",
        ]  # fmt: skip


async def _made(scene: Scene, path: str) -> None:
    """The unit that went says what it found, and registers the clue."""
    wrong = await scene.post(f"{path}/completion", {"finding": "lots"}, by="r1-01")
    assert wrong.json()["errors"][0]["pointer"] == "/finding"
    others = await scene.post(f"{path}/completion", {"finding": "other"}, by="r2-01")
    assert others.status_code == 404
    made = await scene.post(
        f"{path}/completion", {"finding": "wages_unpaid"}, by="r1-01"
    )
    assert made.status_code == 201, made.text
    nowhere = await scene.post("/v1/complaints", complaint(site_area="LI"), by="r1-01")
    assert nowhere.json()["errors"][0]["pointer"] == "/site_area"
    body = complaint(site_area="R1")
    clue = await scene.post("/v1/complaints", body, by="r1-01")
    said = {"clue_id": clue.json()["clue_id"]}
    linked = await scene.post(f"{path}/clue", said, by="r1-01")
    assert linked.status_code == 201, linked.text


async def _missed(scene: Scene) -> None:
    """The timer misses what is over, once, and leaves what is to come."""
    memory = Memory()
    memory.say(await scene.running.desk.log.journal.read(0, 100))
    await apply_live(scene.pool, memory, [VIEW])
    assert await miss_patrols(scene.running) == 0
    await scene.running.desk.log.journal.advance_clock(on(11, 14, 12))
    assert await miss_patrols(scene.running) == 1
    before = await scene.events()
    await miss_patrols(scene.running)
    assert await scene.events() == before


def story() -> list[Recorded]:
    """One case of a residential area; and duties, some kept and some not."""
    told = Story()
    builder = EMPLOYER.model_copy(update={"industry": "E47"})
    received = ComplaintReceived(
        clue_id=CLUE,
        case_id=CASE,
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=ONE,
        first_asked_unit="R1",
        employer=builder,
        workers=(),
    )
    told.say("intake", f"clue-{CLUE}", received, on(11, 13))
    own = {"case_id": CASE, "unit": "R1"}
    opened = OPENED.model_copy(update={"first_asked_unit": "R1"})
    for event in (opened, ASSIGNED.model_copy(update=own)):
        told.say("routing", f"case-{CASE}", event, on(11, 13))
    _answering(told)
    told.say("routing", f"incident-{INCIDENT}", reported("LI"), on(11, 13))
    told.say("routing", f"earlywarning-{WARNING}", warned("R1"), on(11, 13))
    for unit in ("R1", "LI"):
        task = assigned(unit)
        told.say("routing", f"task-{task.task_id}", task, on(11, 14))
    linked = RectificationItemLinked(task_id=assigned("LI").task_id, list_number="JS-7")
    told.say("routing", f"task-{linked.task_id}", linked, on(11, 14))
    _patrolled(told)
    return told.said


def _answering(told: Story) -> None:
    area, industry = named("area", "R1"), named("industry", "E")
    first = GridResponsibilityAssigned(
        area_id=area,
        area="R1",
        unit="R1",
        officer_id=actor_id(ISSUER, "r1-01"),
        from_on=date(2023, 11, 10),
    )
    later = {"unit": "LI", "officer_id": actor_id(ISSUER, "li-01")}
    moved = first.model_copy(update={**later, "from_on": date(2023, 12, 1)})
    for event in (first, moved):
        told.say("routing", f"area-{area}", event, on(11, 13))
    supervised = IndustrySupervisorAssigned(
        industry_id=industry, industry="E", unit="DO", from_on=date(2023, 11, 10)
    )
    told.say("routing", f"industry-{industry}", supervised, on(11, 13))


def _patrolled(told: Story) -> None:
    other = named("patrol", DECOMPOSITION)
    told.say("intake", f"patrol-{PATROL}", planned("R1"), on(11, 14))
    told.say("intake", f"patrol-{PATROL}", found("R1"), on(11, 20))
    again = planned("R1").model_copy(update={"patrol_id": other})
    told.say("intake", f"patrol-{other}", again, on(11, 14))
    missed = PatrolMissed(patrol_id=other, unit="R1", due_on=again.due_on)
    told.say("intake", f"patrol-{other}", missed, on(11, 21))
    opinion = OpinionItemRegistered(
        opinion_id=ONE,
        item_number="WX-1",
        site_name="example.test",
        url_sha256="0" * 64,
        first_seen_at=on(11, 13),
        grade="major",
        unit="LC",
    )
    told.say("intake", f"opinion-{ONE}", opinion, on(11, 14))


async def test_registers_say_who_answers_what_is_late_and_what_was_covered(
    fresh_database: FreshDatabases,
) -> None:
    """F-1.2, F-1.5 with S24, F-2.1.2b, F-3.1: JSON, pages, the case page, Today."""
    async with console_scene(fresh_database, story()) as console:
        await _over_http(console)
        await _on_pages(console)
        await _as_a_form(console)


async def _over_http(console: Console) -> None:
    async with console.api("lg-01") as client:
        then = {"on": "2023-11-30"}
        held = (await client.get("/v1/responsibilities", params=then)).json()
        areas = {one["code"]: one["term"] for one in held["areas"]}
        assert (areas["R1"]["unit"], areas["R2"]) == ("R1", None)
        now = (await client.get("/v1/responsibilities")).json()
        assert {one["code"]: one["term"] for one in now["areas"]}["R1"]["unit"] == "LI"
        incidents = (await client.get("/v1/incidents")).json()
        counts = incidents["counts"]
        assert (counts["group_incidents"], counts["group_people"]) == (1, 12)
        assert (counts["grade_ii"], counts["major_opinions"]) == (1, 1)
        later = {"from_on": "2023-11-14"}
        none = (await client.get("/v1/incidents", params=later)).json()
        assert (none["items"], none["counts"]["group_incidents"]) == ([], 0)
        warnings = (await client.get("/v1/early-warnings")).json()
        assert (warnings["counts"]["issued"], warnings["items"][0]["late"]) == (1, True)
        tasks = (await client.get("/v1/tasks")).json()
        assert (tasks["open"], tasks["overdue"]) == (2, 2)
        before = {"as_of": "2023-11-15T12:00:00+08:00"}
        assert (await client.get("/v1/tasks", params=before)).json()["overdue"] == 0
        patrols = (await client.get("/v1/patrols")).json()
        (covered,) = patrols["coverage"]
        assert (covered["planned"], covered["rate"]) == (2, "50.0")
        case = (await client.get(f"/v1/cases/{CASE}")).json()["concerned"]
        assert (case["area"], case["section"]["code"]) == ("R1", "E")
    async with console.api("do-01") as client:
        assert (await client.get("/v1/tasks")).json()["items"] == []
        assert (await client.get("/v1/incidents")).json()["items"] == []
        assert (await client.get("/v1/patrols")).json()["items"] == []


async def _on_pages(console: Console) -> None:
    office, _ = await console.signed_in("lg-01")
    async with office:
        today = (await office.get("/console")).text
        assert "有 1 起突发事件等待首次处置" in today
        assert "有 2 项任务逾期未完成" in today
        listed = (await office.get("/console/responsibility")).text
        assert "演示员·监察一" in listed
        assert "有 7 个居民区尚未确定责任人" in listed
        for name in ("incidents", "early-warnings", "tasks", "patrols"):
            shown = await office.get(f"/console/{name}")
            assert shown.status_code == 200, name
        assert "1 起，12 人" in (await office.get("/console/incidents")).text
        book = await office.get("/console/responsibility/list.xlsx?on=2023-11-30")
        sheet = load_workbook(BytesIO(book.content)).worksheets[0]
        rows = [row[:2] for row in sheet.iter_rows(values_only=True)]
        assert {("居民区", "R1"), ("行业", "E")} <= {*rows}
        tasks = await office.get("/console/tasks/list.xlsx?listed=true")
        (_, row) = (
            load_workbook(BytesIO(tasks.content))
            .worksheets[0]
            .iter_rows(values_only=True)
        )
        assert row[-1] == "JS-7"
    area, _ = await console.signed_in("r1-01")
    async with area:
        page = (await area.get(f"/console/cases/{CASE}")).text
        assert "演示员·监察一" in page
        assert "建筑业" in page
        today = (await area.get("/console")).text
        assert "本单位有 1 次巡查" in today
        assert "本单位有 1 份预警提示" in today
        assert "纳入清单" not in (await area.get("/console/tasks")).text


async def _as_a_form(console: Console) -> None:
    """A patrol's form is plain, and keeps what was typed when it is refused."""
    own, session = await console.signed_in("r1-01")
    path = f"/console/patrols/{named('patrol', DECOMPOSITION)}"
    async with own:
        form = (await own.get(path)).text
        assert form.count("<script") == 2  # keys, and a visit kept: it needs neither
        typed = {"finding": "no_roster", "occurred_at": "2023-11-20T10:30"}
        # Intake's door is down here: what was typed stands, under the same key.
        sent = await own.post(path, data={**typed, "csrf": session.csrf, "key": "k-1"})
        assert sent.status_code == 503
        assert 'value="no_roster" selected' in sent.text
        assert 'value="2023-11-20T10:30"' in sent.text
        assert 'value="k-1"' in sent.text
        assert (await own.post(path, data=typed)).status_code == 403
    stranger, _ = await console.signed_in("r2-01")
    async with stranger:
        assert (await stranger.get(path)).status_code == 404
