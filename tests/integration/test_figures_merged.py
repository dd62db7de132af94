"""Merged cases in figures and ledger: one fact once, each sum conserved (§5.4)."""

from datetime import date, datetime

import asyncpg

from libs.events.contracts.duplicates import ClueLinkedAsDuplicate
from libs.events.contracts.merging import ClaimMarkedDuplicate, ClaimMoved
from libs.events.contracts.reporting import (
    CampaignOpened,
    StatPeriodClosed,
    WeeklyStatisticsPublished,
)
from libs.events.contracts.routing import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CasesMerged,
)
from libs.ids import named
from services.reporting.campaign import Week, period_id
from services.reporting.figures.counting import count, said_of, table
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.ledger_statements import PAGE, TOTALS
from services.reporting.weekly import corrections, document, span_of
from tests.figures_story import CAMPAIGN, EMPLOYER, Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

W03 = Week(3, date(2023, 11, 20), date(2023, 11, 26))
THEN, NOW = on(11, 27, 15), on(11, 30)
LINKED_ON, ENTERED = on(11, 23), on(11, 29)
ONCE = ("S06", "S07", "S08", "S09", "S40-open", "S41a", "S41b")
PARTED = ("S06", "S07", "S10", "S40-open", "S41a", "S41a-amount")
# Sees all, no filter, live and history.
EVERYTHING = (
    None,
    True,
    "LC",
    *(None,) * 8,
    False,
    False,
    None,
    "all",
    None,
    False,
    None,
)


def campaign() -> tuple[Story, Matter, Matter]:
    """S5 in small: A with two workers; B with one of them and a third."""
    story = Story()
    opened = CampaignOpened(
        campaign_id=CAMPAIGN,
        title="演示行动（虚构）",
        notice_number="1",
        notice_signed_on=date(2023, 11, 10),
        starts_on=date(2023, 11, 10),
        ends_on=date(2024, 2, 9),
    )
    story.say("reporting", f"campaign-{CAMPAIGN}", opened, on(11, 10))
    first, second = Matter(story, 1), Matter(story, 2)
    first.registered(on(11, 21))
    second.registered(on(11, 22))
    first.verified(on(11, 24), {1: 740, 2: 620})
    second.verified(on(11, 24), {1: 620, 2: 510})
    return story, first, second


def merged(story: Story, first: Matter, second: Matter) -> None:
    """Link B to A: its first claim is A's second; entered late, of an earlier day."""
    linked = ClueLinkedAsDuplicate(
        clue_id=second.clue_id,
        case_id=second.case_id,
        of_clue_id=first.clue_id,
        of_case_id=first.case_id,
    )
    late = (ENTERED, LINKED_ON)
    story.say("intake", f"cluelink-{second.clue_id}", linked, *late)
    taken = CasesMerged(
        case_id=first.case_id,
        merged_case_id=second.case_id,
        clue_id=second.clue_id,
        unit="LC",
        from_unit="LC",
    )
    story.say("routing", f"case-{first.case_id}", taken, *late)
    held = CaseAssigned(case_id=second.case_id, unit="LC")
    story.say("routing", f"case-{second.case_id}", held, *late)
    ended = CaseClosed(case_id=second.case_id, kind="merged")
    story.say("routing", f"case-{second.case_id}", ended, *late)
    twice = ClaimMarkedDuplicate(
        claim_id=second.claim(1),
        case_id=second.case_id,
        clue_id=second.clue_id,
        of_claim_id=first.claim(2),
    )
    second.on_claim(1, twice, *late)
    for ordinal in (1, 2):
        moved = ClaimMoved(
            claim_id=second.claim(ordinal),
            case_id=first.case_id,
            clue_id=second.clue_id,
            from_case_id=second.case_id,
        )
        second.on_claim(ordinal, moved, *late)


def published(story: Story, text: str) -> None:
    said = {"campaign_id": CAMPAIGN, "week": 3}
    closed = {
        "period_id": period_id(CAMPAIGN, 3),
        "starts_on": W03.starts_on,
        "ends_on": W03.ends_on,
        "known_at": THEN,
    }
    told = {"period_id": period_id(CAMPAIGN, 3), "document": text}
    stream = f"period-{period_id(CAMPAIGN, 3)}"
    fact = StatPeriodClosed.model_validate(said | closed)
    document_of = said | told | {"document_sha256": "0" * 64}
    story.say("reporting", f"campaign-{CAMPAIGN}", fact, THEN)
    story.say("reporting", stream, fact, THEN)
    story.say(
        "reporting",
        stream,
        WeeklyStatisticsPublished.model_validate(document_of),
        THEN,
    )


async def test_a_link_changes_a_closed_week_by_a_correction(
    fresh_database: FreshDatabases,
) -> None:
    """S06–S10, S41a (F-2.2.3c): volume stays, facts and sums count once."""
    story, first, second = campaign()
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        text = document(W03, THEN, await table(connection, span_of(W03, THEN)))
    published(story, text)
    merged(story, first, second)
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        span = span_of(W03, NOW).cumulative()
        total = {n: (await count(pool, BY_ID[n], span)).get(None, 0) for n in BY_ID}
        assert {n: total[n] for n in ONCE} == {
            "S06": 2, "S07": 1, "S08": 1, "S09": 1, "S40-open": 1, "S41a": 1, "S41b": 2,
        }  # fmt: skip
        assert total["S41a-amount"] == (740 + 620 + 510) * 100
        again = document(W03, THEN, await table(connection, span_of(W03, THEN)))
        assert again == text
        found = await corrections(connection, CAMPAIGN, NOW, 5)
        listed = await said_of(pool, BY_ID["S07"], span_of(W03, NOW))
        money = await pool.fetch(TOTALS.at(None), *EVERYTHING)
    assert listed[None] == 1
    changed = {
        c.figure.indicator: (c.figure.old, c.figure.new)
        for c in found
        if c.figure.unit is None
    }
    assert changed == {
        "S07": (2, 1),
        "S08": (2, 1),
        "S09": (2, 1),
        "S40-open": (2, 1),
        "S41a": (2, 1),
        "S41a-amount": (249_000, 187_000),
        "S41a-workers": (4, 3),
    }
    (row,) = (one for one in money if one["currency"])
    assert (row["claimed"], row["verified"]) == (190_000, 187_000)
    assert row["workers"] == 3


async def counted(pool: asyncpg.Pool, known_at: datetime) -> dict[str, int]:
    span = span_of(W03, known_at).cumulative()
    return {n: (await count(pool, BY_ID[n], span)).get(None, 0) for n in PARTED}


async def test_a_fact_is_resolved_when_its_parts_are_paid_too(
    fresh_database: FreshDatabases,
) -> None:
    """S10, S40, S41a: a part is a case, its clue is counted once (domain §5.4)."""
    story, part = Story(), named("test-part")
    only = Matter(story, 1)
    only.registered(on(11, 21))
    only.verified(on(11, 21), {1: 740, 2: 620})
    opened = CaseOpened(
        case_id=part,
        clue_id=only.clue_id,
        first_asked_unit="LC",
        channel="window",
        employer_id=EMPLOYER.employer_id,
        split_from=only.case_id,
    )
    for fact in (opened, CaseAssigned(case_id=part, unit="LC")):
        story.say("routing", f"case-{part}", fact, on(11, 22))
    moved = ClaimMoved(
        claim_id=only.claim(2),
        case_id=part,
        clue_id=only.clue_id,
        from_case_id=only.case_id,
    )
    only.on_claim(2, moved, on(11, 22))
    only.paid(on(11, 23), (1, 1, 740))
    only.paid(on(11, 25), (2, 2, 620))
    async with story.read(fresh_database) as pool:
        found = {day: await counted(pool, on(11, day)) for day in (24, 26)}
        lines = await pool.fetch(PAGE.at(None), *EVERYTHING, None, None, 51)
    said = {"S06": 1, "S07": 1, "S40-open": 2}
    assert found[24] == {**said, "S10": 0, "S41a": 1, "S41a-amount": 62_000}
    assert found[26] == {**said, "S10": 1, "S41a": 0, "S41a-amount": 0}
    assert sorted(line["claimed"] for line in lines) == [63_000, 75_000]
