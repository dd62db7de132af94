"""What routing says of clocks: deadlines with their arithmetic, and the rulebook."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.calendar.deadlines import CountedDay, Paused
from libs.events.contracts.parts import Code, Text
from libs.events.event import Event


class DeadlineSet(Event, name="DeadlineSet"):
    """A clock runs: article, start, due, every counted day (domain §2, §3).

    `due_at` is the instant after which it is missed. `provisional`: it crosses days
    that the State Council has not announced. Stream `deadline-<deadline_id>`.
    """

    deadline_id: UUID
    clock: Code
    case_id: UUID
    subject: UUID
    unit: Code
    article: Text
    rule_version: int
    calendar_version: Text
    start_event: UUID
    start_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    days: tuple[CountedDay, ...] = ()


class DeadlineExtended(Event, name="DeadlineExtended"):
    """The approver that the article names extended the clock."""

    deadline_id: UUID
    clock: Code
    case_id: UUID
    due_on: date
    due_at: datetime
    provisional: bool
    calendar_version: Text
    article: Text
    days: tuple[CountedDay, ...] = ()


class DeadlineRecomputed(Event, name="DeadlineRecomputed"):
    """An amended calendar was adopted: the running deadline is counted by it.

    `old_*` is what stood; the same rule's version counts (`rule_version`). Nothing is
    edited: a deadline that was found missed is not counted anew (domain §5.9, 10).
    `days` is empty where each day stands as it was counted.
    """

    deadline_id: UUID
    clock: Code
    case_id: UUID
    rule_version: int
    old_calendar_version: Text
    calendar_version: Text
    old_due_on: date
    due_on: date
    due_at: datetime
    old_provisional: bool
    provisional: bool
    days: tuple[CountedDay, ...] = ()


class DeadlinePaused(Event, name="DeadlinePaused"):
    """The approver that the rule names lets the clock stand: it runs out on no day.

    `paused_on` still counts; from the next day on none does, until the pause ends.
    """

    deadline_id: UUID
    clock: Code
    case_id: UUID
    reason: Code
    article: Text
    paused_on: date


class DeadlinePauseEnded(Event, name="DeadlinePauseEnded"):
    """The clock goes on: what was left is counted from the day after `resumed_on`.

    `days` shows every day from the start, those of all pauses (`pauses`) uncounted.
    """

    deadline_id: UUID
    clock: Code
    case_id: UUID
    paused_on: date
    resumed_on: date
    old_due_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    calendar_version: Text
    pauses: tuple[Paused, ...]
    days: tuple[CountedDay, ...]


class DeadlineStopped(Event, name="DeadlineStopped"):
    """An event that the clock names stopped it, at its legal time."""

    deadline_id: UUID
    clock: Code
    case_id: UUID
    by_event: UUID
    by_type: Code
    stopped_at: datetime
    in_time: bool


class DeadlineResumed(Event, name="DeadlineResumed"):
    """What had stopped the clock did not stand: its term goes on to the same date.

    `missed`: the date was found missed before, and that stands.
    """

    deadline_id: UUID
    clock: Code
    case_id: UUID
    by_event: UUID
    by_type: Code
    due_at: datetime
    missed: bool = False


class DeadlineMissed(Event, name="DeadlineMissed"):
    """The due time passed behind the watermark of all who could have stopped it."""

    deadline_id: UUID
    clock: Code
    case_id: UUID
    subject: UUID
    due_at: datetime


class DeadlineMissWithdrawn(Event, name="DeadlineMissWithdrawn"):
    """A stop recorded later has an earlier legal date: the miss does not stand."""

    deadline_id: UUID
    clock: Code
    case_id: UUID
    by_event: UUID
    stopped_at: datetime


class RulebookAdopted(Event, name="RulebookAdopted"):
    """A version of a rulebook is in force from a date: clocks, calendar, organisation.

    `files` holds the data files' own text by name. Stream `rulebook-<uuid of book>`.
    """

    book: Literal["clocks", "calendar", "organisation"]
    version: Text
    known_on: date
    in_force_from: date
    files: dict[str, str]
