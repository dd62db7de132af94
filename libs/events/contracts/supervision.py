"""What routing says of supervision: the ladder's rungs, urges, leaders, handlers.

No event holds a sentence: reasons, answers and results are codes.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.calendar.ladder import Addressee, RungName
from libs.events.contracts.parts import Code
from libs.events.event import Event

UrgeLevel = Literal["urge", "supervise"]
UrgeReason = Literal[
    "overdue", "slow", "repeat_visits", "large_sum", "superior", "before_festival"
]
UrgeAnswer = Literal["done", "in_hand", "needs_ruling", "needs_support"]
EscalationReason = Literal[
    "group", "violence", "large_sum", "repeat_visits", "public_opinion",
    "employer_fled", "overdue",
]  # fmt: skip
CaseLevel = Literal["street", "district", "city"]
ListingResult = Literal["paid", "settled", "filed", "court", "police", "unfounded"]


class DeadlineRungReached(Event, name="DeadlineRungReached"):
    """A deadline reached a rung of its ladder: its addressee is told, once.

    `point`: the clock's warning point, or the rung's own name; `unit`: the addressee as
    it was found then. It climbs from `due_at`: a date that was moved climbs anew.
    Stream `urge-<urge_id>`, an id of deadline, date and point.
    """

    urge_id: UUID
    case_id: UUID
    deadline_id: UUID
    clock: Code
    rung: RungName
    point: Code
    addressee: Addressee
    unit: Code
    due_on: date
    due_at: datetime
    ladder_version: int


class CaseUrged(Event, name="CaseUrged"):
    """The leading-group office urged or supervised a case, or one of its deadlines.

    `unit` is to sign for it and to answer by `answer_by`, the last day.
    """

    urge_id: UUID
    case_id: UUID
    level: UrgeLevel
    reason: UrgeReason
    unit: Code
    answer_by: date
    deadline_id: UUID | None = None
    clock: Code | None = None


class UrgeRead(Event, name="UrgeRead"):
    """The unit that an urge addresses signed for it: the read receipt, once."""

    urge_id: UUID
    case_id: UUID
    unit: Code


class UrgeAnswered(Event, name="UrgeAnswered"):
    """The unit that signed for an urge said what becomes of it, once."""

    urge_id: UUID
    case_id: UUID
    unit: Code
    answer: UrgeAnswer


class CaseEscalated(Event, name="CaseEscalated"):
    """Signs that a dispute may sharpen were reported upwards (F-2.4.0)."""

    case_id: UUID
    reason: EscalationReason
    by_unit: Code


class CaseLeaderAssigned(Event, name="CaseLeaderAssigned"):
    """A leader took the case on 领导包案; another takes the place of the one before."""

    case_id: UUID
    leader_id: UUID
    leader_unit: Code


class HandlerAssigned(Event, name="HandlerAssigned"):
    """An officer of the unit that holds the case answers for it 责任人 (F-2.2.2a).

    `unit`: the officer's then; once another unit holds the case, nobody handles it.
    """

    case_id: UUID
    handler_id: UUID
    unit: Code


class CaseLevelRaised(Event, name="CaseLevelRaised"):
    """The case is handled at a higher level 提级办理; its owner stays."""

    case_id: UUID
    old_level: CaseLevel
    level: CaseLevel


class TaskForceFormed(Event, name="TaskForceFormed"):
    """A task force 工作专班 works on the case: its units see the case from now on."""

    case_id: UUID
    lead_unit: Code
    units: tuple[Code, ...]


class CaseListedForSupervision(Event, name="CaseListedForSupervision"):
    """The case is on the supervised list 挂牌: to be solved by `due_on`, the last day.

    The date starts CLK-99.
    """

    case_id: UUID
    listing_id: UUID
    unit: Code
    due_on: date


class SupervisionDelistingProposed(Event, name="SupervisionDelistingProposed"):
    """The result for which a listed case is to be struck off was written down."""

    case_id: UUID
    listing_id: UUID
    result: ListingResult
    by_unit: Code
    proposer_id: UUID


class SupervisionDelisted(Event, name="SupervisionDelisted"):
    """A listed case was struck off 销号, by another person than who proposed it."""

    case_id: UUID
    listing_id: UUID
    result: ListingResult
    proposer_id: UUID
