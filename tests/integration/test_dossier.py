"""F-2.2.3d on the pages: what went along, who watches, and what was asked again."""

from datetime import datetime

import asyncpg

from libs.events.contracts.dossier import DossierHandedOver, DossierItem
from libs.events.contracts.duplicates import ClaimPair, ClueLinkedAsDuplicate
from libs.events.contracts.evidence import EvidenceHandedInAgain
from libs.ids import named
from services.reporting.figures.counting import Span, explain
from tests.console_scene import console_scene
from tests.figures_story import Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

PIECE, OTHER = "a" * 64, "b" * 64


def told() -> tuple[Story, Matter]:
    """A goes from LC to LI with one picture; C and D were told before and after."""
    story = Story()
    moved, before, after = (Matter(story, number) for number in (1, 2, 3))
    moved.registered(on(11, 20))
    before.registered(on(11, 21))
    again(moved, PIECE, on(11, 21, 10))
    moved.asked(on(11, 22), "LI")
    moved.moved(on(11, 22, 10), "LI")
    handed_over(moved, on(11, 22, 10))
    after.registered(on(11, 23))
    for other in (before, after):
        linked(moved, other, on(11, 24))
    again(moved, PIECE, on(11, 27))
    again(moved, OTHER, on(11, 27))
    return story, moved


def handed_over(moved: Matter, at: datetime) -> None:
    items = (
        DossierItem(kind="statement", id=moved.clue_id),
        DossierItem(kind="evidence", id=named("piece"), sha256=PIECE),
    )
    fact = DossierHandedOver(
        case_id=moved.case_id,
        from_unit="LC",
        to_unit="LI",
        ground="transferred",
        hop=1,
        items=items,
    )
    moved.story.say("routing", f"dossier-{moved.case_id}", fact, at)


def again(moved: Matter, piece: str, at: datetime) -> None:
    fact = EvidenceHandedInAgain(case_id=moved.case_id, kind="photo", sha256=piece)
    moved.story.say("enforcement", f"evidence-{moved.case_id}", fact, at)


def linked(moved: Matter, other: Matter, at: datetime) -> None:
    fact = ClueLinkedAsDuplicate(
        clue_id=other.clue_id,
        case_id=other.case_id,
        of_clue_id=moved.clue_id,
        of_case_id=moved.case_id,
        claims=(ClaimPair(claim_id=other.claim(1), of_claim_id=moved.claim(1)),),
    )
    other.story.say("intake", f"cluelink-{other.clue_id}", fact, at)


async def repeats(pool: asyncpg.Pool, known_at: datetime) -> list[str]:
    span = Span(known_at, on(11, 10), on(12, 31))
    async with pool.acquire() as connection:
        facts = await explain(connection, "S12-repeats", span, None)
        names = await connection.fetch(
            "SELECT event_id, type FROM trail WHERE event_id = ANY($1)",
            [one.event_id for one in facts],
        )
    types = {row["event_id"]: row["type"] for row in names}
    return [types[one.event_id] for one in facts]


async def test_f_2_2_3d_a_file_is_shown_watched_and_its_repeats_are_listed(
    fresh_database: FreshDatabases,
) -> None:
    story, moved = told()
    async with console_scene(fresh_database, story.said) as console:
        # Neither what came before the move nor a piece that did not go along counts.
        found = await repeats(console.pool, on(12, 1))
        assert found == ["ClueRegistered", "EvidenceHandedInAgain"]
        assert await repeats(console.pool, on(11, 23, 12)) == []
        browser, _ = await console.signed_in("lc-01")
        page = await browser.get(f"/console/cases/{moved.case_id}")
        assert '<h2 id="dossier">随案移交' in page.text
        assert PIECE[:12] in page.text
        desk = await browser.get("/console/transfers")
        assert "只看，不办" in desk.text
        listed = desk.text.split('id="q-watched"')[1].split("</section>")[0]
        assert str(moved.case_id) in listed
        assert "<form" not in listed
        holder, _ = await console.signed_in("li-01")
        theirs = (await holder.get("/console/transfers")).text
        theirs = theirs.split('id="q-watched"')[1].split("</section>")[0]
        assert str(moved.case_id) not in theirs
        said = (await console.api("li-01").get(f"/v1/cases/{moved.case_id}")).json()
    (done,) = said["handed_over"]["hand_overs"]
    assert (done["from_unit"], done["to_unit"], len(done["items"])) == ("LC", "LI", 2)
