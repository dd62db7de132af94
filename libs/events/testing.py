"""Given events, when a command, then events: how deciders are tested, without I/O."""

# ruff: noqa: S101 -- these are the assertions of tests.

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.decider import Kind, Rejected, Rule, States
from libs.events.event import Actor, Event, New

AT = datetime(2023, 11, 13, 1, 0, tzinfo=UTC)
SOMEBODY = UUID(int=0xA)


def stamp(
    *,
    at: datetime = AT,
    role: str = "centre",
    unit: str = "centre",
    actor: UUID = SOMEBODY,
) -> Stamp:
    """Return a stamp of a door, of an actor who needs no other words."""
    return Stamp(UUID(int=0xC), b"", Actor(actor, role, unit), at)


@dataclass(frozen=True)
class Given:
    """What was recorded before: events by stream, with their kinds."""

    streams: Mapping[str, tuple[Kind[Any], tuple[Event, ...]]] = field(
        default_factory=dict
    )
    _known: dict[str, tuple[Any, int]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """States that were asked for, each after so many events: a history asks again."""

    def given(self, kind: Kind[Any], subject: UUID, *events: Event) -> "Given":
        """Return it with (more) events of a stream."""
        name = kind.stream(subject)
        before = self.streams.get(name, (kind, ()))[1]
        streams = {**self.streams, name: (kind, (*before, *events))}
        return Given(streams, dict(self._known))

    def when(
        self, rule: Rule[Any], command: Command, by: Stamp | None = None
    ) -> "Outcome":
        """Decide a command: what follows, or which refusal."""
        try:
            new = tuple(self._decided(rule, command, by or stamp()))
        except Rejected as refusal:
            return Outcome(self, (), refusal)
        return Outcome(self, new, None)

    def state(self, kind: Kind[Any], subject: UUID) -> Any:
        """Return a stream's state, folded at once and in parts alike."""
        name = kind.stream(subject)
        events = self.streams.get(name, (kind, ()))[1]
        state, count = self._known.get(name, (None, 0))
        if not count:
            state = folded(kind, events)
        elif count < len(events):
            state = kind.fold(events[count:], state)
        self._known[name] = (state, len(events))
        return state

    def _decided(self, rule: Rule[Any], command: Command, by: Stamp) -> Sequence[New]:
        reads = list(rule.reads(command))
        if rule.then_reads is not None:
            reads += rule.then_reads(command, self._states(reads))
        states = self._states(reads)
        new = rule.decide(command, by, states)
        unread = {each.stream for each in new} - states.versions.keys()
        assert not unread, f"written but not read: {sorted(unread)}"
        return new

    def _states(self, reads: Sequence[Any]) -> States:
        return States(
            {read.stream: self.state(read.kind, read.subject) for read in reads},
            {
                read.stream: len(self.streams.get(read.stream, (read.kind, ()))[1])
                for read in reads
            },
        )


@dataclass(frozen=True)
class Outcome:
    """What a command led to."""

    before: Given
    new: tuple[New, ...]
    refusal: Rejected | None

    @property
    def events(self) -> list[Event]:
        """Return the events; fails on a refusal."""
        assert self.refusal is None, f"refused: {self.refusal}"
        return [each.event for each in self.new]

    def then(self, *events: Event) -> "Outcome":
        """Hold that exactly these events follow, in this order."""
        assert self.events == list(events), f"{self.events} != {list(events)}"
        return self

    def then_says(self, *names: str) -> "Outcome":
        """Hold that events of these names follow, in this order."""
        assert [event.name for event in self.events] == list(names)
        return self

    def then_nothing(self) -> None:
        """Hold that there was nothing to say."""
        self.then()

    def then_rejected(self, code: str) -> None:
        """Hold that the command was refused, with this code."""
        found = self.refusal.code if self.refusal else [e.name for e in self.events]
        assert found == code, f"expected refusal {code!r}, got {found!r}"


def given(
    kind: Kind[Any] | None = None, subject: UUID | None = None, *events: Event
) -> Given:
    """Begin with the events of a stream, or with nothing."""
    if kind is None or subject is None:
        return Given()
    return Given().given(kind, subject, *events)


def folded(kind: Kind[Any], events: Sequence[Event]) -> Any:
    """Fold at once and in two random parts; both must give the same state."""
    whole = kind.fold(events)
    cut = random.Random(len(events)).randint(0, len(events))  # noqa: S311 -- no secret.
    parts = kind.fold(events[cut:], kind.fold(events[:cut]))
    assert parts == whole, f"folding in two parts at {cut} differs"
    return whole
