"""What intake says of channels: orders, petitions, receptions, signals, opinions."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Sha256, Text
from libs.events.event import Event, Fields

OrderKind = Literal["advice", "supervision", "help", "complaint", "complex"]
"""What a 12345 order is: its time limit follows from it (CLK-80)."""

CallBack = Literal["satisfied", "unsatisfied", "not_reached"]
PetitionForm = Literal["letter", "visit", "online"]
Count = Annotated[int, Field(ge=1, le=10_000)]
MOST_REPRESENTATIVES = 5
"""At most five speak for all in a visit together (XF 20)."""

Representatives = Annotated[int, Field(ge=1, le=MOST_REPRESENTATIVES)]


class WorkOrderClassified(Event, name="WorkOrderClassified"):
    """A 12345 order is of this kind: its own clock runs from its receipt (CLK-80).

    Said again when the kind was another; "complex" was approved by the leading-group
    office. Stream `clue-<clue_id>`.
    """

    clue_id: UUID
    case_id: UUID
    order_kind: OrderKind
    received_on: date


class ClueUrged(Event, name="ClueUrged"):
    """The channel urged an answer 催单: counted, and shown to the owner at once."""

    clue_id: UUID
    case_id: UUID


class ClueRedispatched(Event, name="ClueRedispatched"):
    """A 12345 order came again 重办: the next episode of its number, no new fact.

    Its clock runs anew and a new answer is owed; S06 and S07 count nothing.
    """

    clue_id: UUID
    case_id: UUID
    episode: int
    order_kind: OrderKind
    received_on: date


class CallBackRecorded(Event, name="CallBackRecorded"):
    """What the call-back 回访 found (S26): the first satisfaction stands, later add."""

    clue_id: UUID
    case_id: UUID
    result: CallBack


class PetitionRegistered(Event, name="PetitionRegistered"):
    """A petition 信访 stands in the register: how it came, and for how many (XF 20).

    `notice` is owed within 15 days unless name or address is unclear (XF 23, CLK-71).
    """

    clue_id: UUID
    case_id: UUID
    petition_form: PetitionForm
    received_on: date
    people: Count
    representatives: Representatives
    notice: Literal["owed", "no_address"]


class PetitionNoticeSent(Event, name="PetitionNoticeSent"):
    """The petitioner was told in writing what becomes of the petition (XF 23).

    "accepted" starts the term of handling (CLK-73); "extended" says why it takes longer
    (XF 34).
    """

    clue_id: UUID
    case_id: UUID
    outcome: Literal["accepted", "not_accepted", "forwarded", "extended"]


class PetitionOpinionIssued(Event, name="PetitionOpinionIssued"):
    """The written opinion on a petition was issued (XF 32, 34; ends CLK-73)."""

    clue_id: UUID
    case_id: UUID
    opinion: Literal["supported", "partly_supported", "not_supported"]


class Batch(Fields):
    """One group of visitors, and who spoke for it; the clue, when it became one."""

    people: Count
    representatives: Representatives
    clue_id: UUID | None = None


class JointReceptionHeld(Event, name="JointReceptionHeld"):
    """Offices received visitors together 集中接访 (S25): batches and people.

    At most five speak for a batch (XF 20). Stream `reception-<reception_id>`.
    """

    reception_id: UUID
    unit: Code
    held_on: date
    led: bool
    batches: Annotated[tuple[Batch, ...], Field(min_length=1, max_length=100)]


class PlatformClueReceived(Event, name="PlatformClueReceived"):
    """A clue flowed in from the national platform: its clocks run (CLK-85)."""

    clue_id: UUID
    case_id: UUID
    received_on: date


class ClueAccepted(Event, name="ClueAccepted"):
    """A unit signed for a platform clue 签收 (F-2.2.3a)."""

    clue_id: UUID
    case_id: UUID
    unit: Code


SignalSource = Literal["district", "industry", "platform", "data"]
Signal = Literal[
    "wages_unpaid", "account_short", "payroll_missing", "funding_short",
    "complaints_many", "other",
]  # fmt: skip


class RiskSignalReceived(Event, name="RiskSignalReceived"):
    """A system warned of unpaid wages before anybody complained (F-2.1.1a).

    An individual employer is not named. Stream `signal-<signal_id>`, from source and
    number.
    """

    signal_id: UUID
    source: SignalSource
    source_number: Text
    signal: Signal
    employer_name: Text | None = None
    project_name: Text | None = None
    received_on: date
    unit: Code


class SignalDismissed(Event, name="SignalDismissed"):
    """A signal was looked at and came to nothing, for a coded reason."""

    signal_id: UUID
    reason: Literal["no_arrears", "duplicate", "not_ours", "unclear"]


class SignalLinkedToClue(Event, name="SignalLinkedToClue"):
    """A signal became a clue: a hit of its source."""

    signal_id: UUID
    clue_id: UUID


class OpinionItemRegistered(Event, name="OpinionItemRegistered"):
    """The cyberspace office found an item of public opinion; "major" is told at once.

    Of its address the site and a digest travel, for it may name a person; the office's
    own number leads to the page. Stream `opinion-<opinion_id>`.
    """

    opinion_id: UUID
    item_number: Text
    site_name: Text
    url_sha256: Sha256
    first_seen_at: datetime
    grade: Literal["ordinary", "major"]
    unit: Code


class OpinionLinkedToClue(Event, name="OpinionLinkedToClue"):
    """An item of public opinion led to this clue."""

    opinion_id: UUID
    clue_id: UUID
