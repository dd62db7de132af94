"""What intake says of patrols: planned, done, missed, and what was found."""

from datetime import date
from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Sha256, Text
from libs.events.event import Event

Finding = Literal[
    "nothing", "wages_unpaid", "no_account", "no_roster", "no_notice_board",
    "closed_down", "other",
]  # fmt: skip


class PatrolScheduled(Event, name="PatrolScheduled"):
    """A unit is to patrol an area, or a site there, by a day (F-2.1.2b).

    Stream `patrol-<patrol_id>`.
    """

    patrol_id: UUID
    plan_id: UUID
    area: Code
    site: Text | None
    unit: Code
    due_on: date


class PatrolCompleted(Event, name="PatrolCompleted"):
    """A patrol was made: what was found, as a code."""

    patrol_id: UUID
    unit: Code
    finding: Finding


class PatrolMissed(Event, name="PatrolMissed"):
    """The day of a patrol is over and nobody has said that it was made."""

    patrol_id: UUID
    unit: Code
    due_on: date


class PatrolPhotoAdded(Event, name="PatrolPhotoAdded"):
    """A photo of a patrol is kept: its bytes lie in the object store (F-2.1.2b).

    It is given out drawn anew, without its notes (place, device): `sha256` and `size`
    in bytes are of that, `handed_in` is the digest as it came, where that is another.
    """

    patrol_id: UUID
    unit: Code
    sha256: Sha256
    media_type: Text
    size: int
    handed_in: Sha256 | None


class PatrolLinkedToClue(Event, name="PatrolLinkedToClue"):
    """What a patrol found became a clue."""

    patrol_id: UUID
    clue_id: UUID
