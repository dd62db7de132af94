"""What intake says of clues about one fact: linked, un-linked, found distinct."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code
from libs.events.event import Event, Fields

Score = Annotated[int, Field(ge=0, le=100)]


class ClaimPair(Fields):
    """One worker's same months claimed twice: the claim, and the one that counts."""

    claim_id: UUID
    of_claim_id: UUID


class ClueLinkedAsDuplicate(Event, name="ClueLinkedAsDuplicate"):
    """An officer confirmed that the clue tells the same fact as another (F-2.2.3c).

    Both numbers stay and each channel gets its answer. `score`, in hundredths, was
    advised by the weights `rule_version`; None: somebody linked unadvised. `claims`
    are counted once from now on. Stream `cluelink-<clue_id>`.
    """

    clue_id: UUID
    case_id: UUID
    of_clue_id: UUID
    of_case_id: UUID
    score: Score | None = None
    reasons: tuple[Code, ...] = ()
    rule_version: Code | None = None
    claims: tuple[ClaimPair, ...] = ()


class ClueUnlinked(Event, name="ClueUnlinked"):
    """The link was wrong: the clue tells a fact of its own again (domain §5.2).

    `claims` are those that the link had marked. Stream `cluelink-<clue_id>`.
    """

    clue_id: UUID
    case_id: UUID
    of_clue_id: UUID
    of_case_id: UUID
    reason: Literal["other-matter", "other-worker", "other-months", "entry-error"]
    claims: tuple[ClaimPair, ...] = ()


class ClueFoundDistinct(Event, name="ClueFoundDistinct"):
    """An officer found that two clues tell two facts: not suggested again.

    Stream `cluelink-<clue_id>`; it holds for the pair, whichever is asked about.
    """

    clue_id: UUID
    case_id: UUID
    from_clue_id: UUID
    score: Score | None = None
    rule_version: Code | None = None


class ClueGroupNoted(Event, name="IntakeClueGroupNoted"):
    """Intake notes at the clue that others are linked to, who joined it or left.

    Stream `cluelink-<clue_id>`.
    """

    clue_id: UUID
    case_id: UUID
    member_id: UUID
    fact: Literal["joined", "left"]
    cause: UUID
