"""Two clues of the rules' tests that may tell one fact, and the link between them."""

from uuid import UUID

from libs.events.contracts.duplicates import (
    ClueGroupNoted,
    ClueLinkedAsDuplicate,
)
from libs.events.contracts.intake import CaseFactNoted, ComplaintReceived
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import case_id
from libs.money import Money
from services.intake import clue, duplicates, known
from tests.unit.matters import CLUE, EMPLOYER, ONE, line

OTHER = ONE
"""The clue that counts; any id does."""
LINKED = ClueLinkedAsDuplicate(
    clue_id=CLUE, case_id=case_id(CLUE), of_clue_id=OTHER, of_case_id=case_id(OTHER)
)
JOINED = ClueGroupNoted(
    clue_id=OTHER, case_id=case_id(OTHER), member_id=CLUE, fact="joined", cause=CLUE
)


def received(clue_id: UUID, unit: str, *amounts: int) -> ComplaintReceived:
    """Return a complaint of so many yuan for each worker."""
    workers = tuple(
        line(ordinal, Money(minor=amount * 100, currency="CNY"))
        for ordinal, amount in enumerate(amounts, start=1)
    )
    return ComplaintReceived(
        clue_id=clue_id,
        case_id=case_id(clue_id),
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=clue_id,
        first_asked_unit=unit,
        employer=EMPLOYER,
        workers=workers,
    )


def two_clues(unit: str, *links: Event, other_unit: str | None = None) -> Given:
    """Begin with two clues, the first held by the unit; `links` are the first one's."""
    units = {CLUE: unit, OTHER: other_unit or unit}
    story = given(duplicates.KIND, CLUE, *links)
    for clue_id, holder in units.items():
        owned = CaseFactNoted(
            case_id=case_id(clue_id), fact="owned", unit=holder, cause=clue_id
        )
        story = story.given(clue.KIND, clue_id, received(clue_id, holder, 7400, 6200))
        story = story.given(known.KIND, case_id(clue_id), owned)
    return story
