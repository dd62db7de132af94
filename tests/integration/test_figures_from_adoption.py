"""Adopted rows count from their adoption; what is due soon; how long transfers take."""

from datetime import date, datetime, timedelta

import asyncpg

from libs.calendar import Calendar
from libs.calendar.clocks import due, in_force, load_clocks
from libs.calendar.deadlines import CountedDay
from libs.calendar.tables import load_year
from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.intake import ReplyFoundImpossible
from libs.events.contracts.parts import Proof
from services.reporting.campaign import Week
from services.reporting.figures.counting import Span, Values, count, said_of
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.board import CASE_TURNS, CLUE_TURNS
from services.reporting.weekly import span_of
from services.routing.seeding import books
from tests.figures_story import Matter, yuan
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

W05 = Week(5, date(2023, 12, 4), date(2023, 12, 10))
W06 = Week(6, date(2023, 12, 11), date(2023, 12, 17))
NOW = on(12, 28)


async def of(
    pool: asyncpg.Pool, name: str, week: Week, known: datetime = NOW
) -> Values:
    return await said_of(pool, BY_ID[name], span_of(week, known))


def imported() -> tuple[Story, Matter]:
    """A row of a sheet: verified 100 yuan, 40 of them paid; adopted on 12 December."""
    story = Story()
    row = Matter(story, 1)
    row.registered(on(11, 13), history=True)
    row.verified(on(11, 13), {1: 100})
    said = WagesPaid(
        claim_id=row.claim(1),
        case_id=row.case_id,
        payment_id=row.payment(1),
        person_id=row.person(1),
        amount=yuan(40),
        payer="employer",
        proof=Proof(kind="imported-row"),
        recorder_id=row.case_id,
        history=True,
    )
    row.on_claim(1, said, on(11, 13))
    row.adopted(on(12, 12), "LI")
    return story, row


async def test_an_adopted_row_is_open_from_its_adoption_on(
    fresh_database: FreshDatabases,
) -> None:
    """Architecture §4: no S40, no S41 and no campaign figure before."""
    story, row = imported()
    row.paid(on(12, 14), (2, 1, 25))
    async with story.read(fresh_database) as pool:
        assert await of(pool, "S40-open", W05) == {None: 0}
        assert await of(pool, "S41a", W05) == {None: 0}
        assert await of(pool, "S40-open", W06) == {None: 1, "LI": 1}
        assert await of(pool, "S41a-amount", W06) == {None: 3_500, "LI": 3_500}
        assert await of(pool, "S18-amount", W06) == {None: 2_500, "LI": 2_500}
        everything = Span(NOW, on(1, 1, year=2020), NOW)
        assert (await count(pool, BY_ID["S06"], everything))[None] == 0
        assert (await count(pool, BY_ID["S18-amount"], everything))[None] == 2_500
        turns = await pool.fetch(CASE_TURNS, NOW)
    assert [(turn["change"], turn["at"].date()) for turn in turns] == [
        (1, date(2023, 12, 12))
    ]


async def test_the_board_of_a_day_before_an_adoption_stays_what_it_was(
    fresh_database: FreshDatabases,
) -> None:
    """Whatever was found on a row that was history then is no turn of that day."""
    story, row = imported()
    found = ReplyFoundImpossible(
        clue_id=row.clue_id, case_id=row.case_id, reason="anonymous"
    )
    story.say("intake", f"clue-{row.clue_id}", found, on(11, 20))
    async with story.read(fresh_database) as pool:
        for listed in (CASE_TURNS, CLUE_TURNS):
            turns = await pool.fetch(listed, on(12, 1))
            assert [turn["change"] for turn in turns if turn["at"] is not None] == []


def counted(clock: str, start: datetime) -> tuple[datetime, tuple[CountedDay, ...]]:
    """Return when a clock of the rulebook ends, and its arithmetic."""
    files = books()
    calendar = Calendar.of(load_year(text) for text in files["calendar"].values())
    rule = in_force(load_clocks(files["clocks"]["clocks.toml"]), clock, start.date())
    assert rule is not None
    found = due(rule, start, calendar)
    return found.due_at, found.days


async def test_a_term_is_due_soon_when_hardly_a_working_day_is_left(
    fresh_database: FreshDatabases,
) -> None:
    """Five days from 12-12 end on the 19th: at the week's end two are left."""
    story = Story()
    begins = {1: (on(12, 11), "CLK-02"), 2: (on(12, 12), "CLK-02")}
    for number, (start, clock) in begins.items():
        matter = Matter(story, number)
        matter.registered(start)
        ends, days = counted(clock, start)
        matter.clock(clock, start, ends, days)
    long = Matter(story, 3)
    long.registered(on(11, 10))
    ends, days = counted("CLK-05", on(11, 10))
    long.clock("CLK-05", on(11, 10), ends, days)
    async with story.read(fresh_database) as pool:
        assert await of(pool, "S40-due-soon", W06) == {None: 1, "LC": 1}
        # Sunday 4 February is the last of sixty; after 31 January three are left.
        for day, expected in ((31, 1), (30, 0)):
            cut = on(1, day, 23) + timedelta(hours=1)
            span = Span(cut, cut, cut).cumulative()
            found = await count(pool, BY_ID["S40-due-soon"], span)
            assert found[None] == expected, day


async def test_a_transfer_takes_from_its_proposal_to_its_receipt(
    fresh_database: FreshDatabases,
) -> None:
    story = Story()
    one = Matter(story, 1)
    one.registered(on(12, 4))
    one.asked(on(12, 5, 9), "LI")
    one.moved(on(12, 6, 15), "LI")
    one.asked(on(12, 12, 9), "DO", hop=2)
    one.moved(on(12, 12, 10), "DO", hop=2)
    async with story.read(fresh_database) as pool:
        assert (await of(pool, "S12-minutes", W05))[None] == 30 * 60
        assert (await of(pool, "S12-minutes", W06))[None] == 60
        assert (await of(pool, "S12", W06))[None] == 1
