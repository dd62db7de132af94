"""Risk grades (F-2.1.1b): from facts in routing's table to the list and back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from openpyxl import load_workbook

from libs.acts import Asked, Desk
from libs.events.command import Command
from libs.events.contracts.channels import RiskSignalReceived
from libs.events.contracts.enforcement import PaymentOrderExpired
from libs.events.contracts.intake import ClueRegistered, ComplaintReceived
from libs.events.contracts.risk import RiskAssessed, RiskRulesAdopted
from libs.events.contracts.routing import CaseClosed
from libs.events.decider import Rule
from libs.events.event import Event, New
from libs.events.journal.journal import Journal
from libs.events.journal.writer import Writer
from libs.events.perform import Log
from libs.events.views.runner import runner
from libs.ids import named
from libs.risk_rules import risk_rules_text
from libs.web.problems import Problem
from services.routing import risk, risk_rules, rulebook
from services.routing.risk import AssessRisk
from services.routing.risk_facts import assess_again, facts, gathered
from services.routing.risk_sources import VIEW
from tests.console_scene import Console, console_scene
from tests.integration.test_recounting import said
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.matters import (
    ASSIGNED,
    CASE,
    CLUE,
    EMPLOYER,
    ONE,
    OPENED,
    ORDER,
    OTHER_CASE,
    TWO,
    adopted,
    opened,
    paid,
    verified,
    yuan,
)
from tests.unit.offices import by, on
from tests.unit.test_risk import (
    CALM,
    FIRST,
    GRAVE,
    OVERRIDDEN,
    SHIPPED,
    VERSION,
    WHO,
    assessed,
    changed,
)
from tests.views_stand import Memory, apply_live, migrated, prepared

RULES: Mapping[type[Command], Rule[Any]] = {rule.command: rule for rule in risk.RULES}
ADOPTED = RiskRulesAdopted(
    draft_id=None, rules_version=VERSION, known_on=date(2023, 11, 13), rules=SHIPPED
)
SIGNAL = RiskSignalReceived(
    signal_id=ONE,
    source="district",
    source_number="1",
    signal="account_short",
    employer_name=EMPLOYER.name,
    received_on=date(2023, 11, 14),
    unit="LC",
)
OLD_CASE = named("test-old-case")
NAMED = ClueRegistered(
    clue_id=CLUE,
    case_id=CASE,
    kind="complaint",
    channel="window",
    first_asked_unit="LC",
    employer=EMPLOYER,
    worker_count=2,
)


def tell(story: Story, stream: tuple[str, str], at: datetime, *events: Event) -> None:
    """Say events of a service's stream, one after another."""
    for event in events:
        story.say(*stream, event, at)


def told_of_employer() -> Story:
    """Two workers' claims, one paid in part; an old case; an order not obeyed."""
    story = Story()
    story.say("intake", f"clue-{CLUE}", NAMED, on(11, 13))
    tell(story, ("routing", f"case-{CASE}"), on(11, 13), OPENED, ASSIGNED)
    old = OPENED.model_copy(update={"case_id": OLD_CASE, "history": True})
    closed = CaseClosed(case_id=OLD_CASE, kind="paid", history=True)
    tell(story, ("routing", f"case-{OLD_CASE}"), on(11, 13), old, closed)
    first = opened(claimed=yuan(100)).model_copy(
        update={"months_from": "2023-09", "months_to": "2023-10"}
    )
    tell(
        story,
        ("enforcement", f"claim-{ONE}"),
        on(11, 14),
        first,
        verified(80),
        paid(30),
    )
    story.say("enforcement", f"claim-{TWO}", opened(TWO, yuan(25)), on(11, 14))
    expired = PaymentOrderExpired(case_id=CASE, order_id=ORDER)
    story.say("enforcement", f"proceeding-{CASE}", expired, on(11, 15))
    story.say("intake", f"signal-{ONE}", SIGNAL, on(11, 15))
    return story


@asynccontextmanager
async def routing(fresh_database: FreshDatabases) -> AsyncIterator[Any]:
    """Routing with its table of sources, a journal, and the rules in force."""
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await prepared(pool, VIEW)
        memory = Memory()
        memory.say(told_of_employer().said)
        await apply_live(pool, memory, [VIEW])
        journal = Journal(pool, "routing")
        await said(journal, New(risk_rules.READ.stream, ADOPTED))
        await said(journal, New(rulebook.CALENDAR.stream, adopted("calendar")))
        for event in (OPENED, ASSIGNED):
            await said(journal, New(f"case-{CASE}", event))
        writer = Writer(dsn)
        await writer.start()
        desk = Desk("routing", Log(journal, writer), RULES)
        marks = SimpleNamespace(completeness=_always(on(11, 16)))
        yield SimpleNamespace(
            pool=pool, desk=desk, now=_always(on(11, 16)), watermarks=marks
        )
        await writer.stop()


def _always(at: datetime) -> Any:
    async def answer(*_: object) -> datetime:
        return at

    return answer


def asked(unit: str, employer: UUID = WHO) -> Asked:
    caller: Any = SimpleNamespace(actor=by(unit).actor)
    return Asked(caller, {"employer_id": employer}, named("test-ask", unit))


async def graded(running: Any, *events: Event) -> None:
    """Let routing's table hear what was said of the employer's grade."""
    story = Story()
    for event in events:
        story.say("routing", f"risk-{WHO}", event, on(11, 16))
    async with running.pool.acquire() as connection, connection.transaction():
        await runner(VIEW).apply(connection, story.said)


async def last(running: Any) -> RiskAssessed:
    every = await running.desk.log.journal.read(0, 100)
    found = [one.fact() for one in every if one.type == "RiskAssessed"]
    assert isinstance(found[-1], RiskAssessed)
    return found[-1]


async def test_what_is_known_of_an_employer_grades_it_and_grades_it_again(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.1.1b: each fact from events; unknown where nobody sent one; once a change."""
    async with routing(fresh_database) as running:
        known = (await facts(running, [WHO], on(11, 16)))[WHO]
        assert known == {
            "workers": 2, "months": 2, "unpaid": 75, "cases": 1, "prior_cases": 1,
            "orders_expired": 1, "pay_signals": 1, "funding_signals": None,
            "warnings": 0,
        }  # fmt: skip
        with pytest.raises(Problem, match="404"):
            await gathered(running, asked("R2"))
        with pytest.raises(Problem, match="404"):
            await gathered(running, asked("LG", OTHER_CASE))
        fields = await gathered(running, asked("LC"))
        assert (fields["as_of"], fields["by_unit"]) == (on(11, 16), "LC")
        assert await assess_again(running) == 0, "nobody asked for a grade yet"
        command = AssessRisk(employer_id=WHO, **fields)
        await running.desk.do(command, by("LC", on(11, 16)))
        first = await last(running)
        # Months 20, workers 5, unpaid 5, earlier cases 5, order 20, signal 10.
        assert (first.grade, first.score) == ("red", 65)
        await graded(running, first)
        assert await assess_again(running) == 0, "nothing changed"
        await _paid_in_full(running)
        assert await assess_again(running) == 1
        assert await assess_again(running) == 0
        after = await last(running)
        assert (after.by_unit, after.as_of, after.score) == ("system", on(11, 16), 35)


async def _paid_in_full(running: Any) -> None:
    story = Story()
    closed = CaseClosed(case_id=CASE, kind="paid")
    for number, event in enumerate((OPENED, ASSIGNED, closed)):
        story.say("routing", f"case-{CASE}", event, on(11, 16), on(11, 13 + number))
    async with running.pool.acquire() as connection, connection.transaction():
        await runner(VIEW).apply(connection, story.said[2:])


def story_of_grades() -> Story:
    """An employer graded yellow, set to red by an officer, beside its case."""
    story = Story()
    received = ComplaintReceived(
        clue_id=CLUE,
        case_id=CASE,
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=ONE,
        first_asked_unit="LC",
        employer=EMPLOYER,
        workers=(),
    )
    story.say("intake", f"clue-{CLUE}", received, on(11, 13))
    tell(story, ("routing", f"case-{CASE}"), on(11, 13), OPENED, ASSIGNED)
    story.say("routing", risk_rules.READ.stream, ADOPTED, on(11, 13))
    tell(story, ("routing", f"risk-{WHO}"), on(11, 14), assessed(CALM), FIRST)
    red = changed("red", "yellow", "overridden")
    tell(story, ("routing", f"risk-{WHO}"), on(11, 22), OVERRIDDEN, red)
    other = assessed(GRAVE).model_copy(update={"employer_id": OTHER_CASE})
    story.say("routing", f"risk-{OTHER_CASE}", other, on(11, 22))
    return story


async def test_the_list_says_each_factor_its_trend_and_what_nobody_knows(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.1.1b: pages, sheet and API; who sees no case of an employer sees no grade."""
    async with console_scene(fresh_database, story_of_grades().said) as console:
        await _over_http(console)
        await _on_pages(console)


async def _over_http(console: Console) -> None:
    async with console.api("lg-01") as client:
        held = (await client.get("/v1/risks", params={"show": "risen"})).json()
        assert held["counts"] == {"red": 2, "orange": 0, "yellow": 0, "green": 0}
        (line,) = held["items"]
        assert (line["employer_name"], line["open_cases"]) == (EMPLOYER.name, 1)
        assert held["trend"] == [
            {"week": "2023-11-20", "graded": 0, "risen": 1, "fallen": 0},
            {"week": "2023-11-13", "graded": 1, "risen": 0, "fallen": 0},
        ]
        then = {"as_of": "2023-11-15T00:00:00+08:00"}
        before = (await client.get(f"/v1/risks/{WHO}", params=then)).json()
        assert (before["row"]["grade"], len(before["history"])) == ("yellow", 2)
        now = (await client.get(f"/v1/risks/{WHO}")).json()
        assert (now["row"]["grade"], len(now["history"])) == ("red", 4)
        rules = (await client.get("/v1/risk-rules")).json()
        assert (rules["rules_version"], rules["draft"]) == (VERSION, None)
    async with console.api("do-01") as client:
        assert (await client.get("/v1/risks")).json()["items"] == []
        assert (await client.get(f"/v1/risks/{WHO}")).status_code == 404


async def _on_pages(console: Console) -> None:
    office, _ = await console.signed_in("lg-01")
    async with office:
        listed = (await office.get("/console/risks")).text
        assert EMPLOYER.name is not None
        assert EMPLOYER.name in listed
        assert "人工调整至 2023-11-20" in listed
        one = (await office.get(f"/console/risks/{WHO}")).text
        assert "有 2 个因素的事实没有单位报送" in one
        assert "工资支付异常的预警信号" in one
        assert "评估风险等级" in one
        assert one.count("<script") == 1  # the keys alone: pages need none
        warn = f"/console/early-warnings?employer_id={WHO}&colour=red&about=X"
        assert f'name="employer_id" value="{WHO}"' in (await office.get(warn)).text
        case = (await office.get(f"/console/cases/{CASE}")).text
        assert f'href="/console/risks/{WHO}"' in case
        rules = (await office.get("/console/risk-rules")).text
        assert risk_rules_text(SHIPPED).splitlines()[0] in rules
        book = await office.get("/console/risks.xlsx?grade=red")
        sheet = load_workbook(BytesIO(book.content)).worksheets[0]
        rows = [row[:2] for row in sheet.iter_rows(values_only=True)]
        assert (EMPLOYER.name, "红色") in rows
    grid, _ = await console.signed_in("r1-01")
    async with grid:
        assert (await grid.get("/console/risks")).status_code == 403
