"""A page of reactions in the making: one read, a fold that goes on, no append yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import New, Recorded
from libs.events.journal.journal import Journal
from libs.events.journal.words import Commit, Outcome
from libs.telemetry.steps import decide


@dataclass(frozen=True)
class Asked:
    """One command of a reaction, stamped, and the event it answers."""

    command: Command
    stamp: Stamp
    cause: Recorded


@dataclass(frozen=True)
class Fired:
    """A reaction that looks at an event, and what it asks for."""

    reaction: str
    event_id: UUID
    asked: tuple[Asked, ...]
    was_done: bool = False

    def without(self, done: Collection[UUID]) -> "Fired":
        """Return it without the commands that the log already holds."""
        left = tuple(a for a in self.asked if a.stamp.command_id not in done)
        return replace(self, asked=left, was_done=len(left) < len(self.asked))


@dataclass
class _Stream:
    """A stream's events, and its state once its kind is known."""

    events: list[Any]
    version: int
    kind: Kind[Any] | None = None
    state: Any = None

    def folded(self, kind: Kind[Any]) -> object:
        if self.kind is None:
            self.kind, self.state = kind, kind.fold(self.events)
        return self.state

    def add(self, new: New) -> None:
        self.version += 1
        if self.kind is not None:
            self.state = self.kind.evolve(self.state, new.event)


@dataclass
class Page:
    """The commits of a page; each sees what those before it would have written."""

    journal: Journal
    rules: Mapping[type[Command], Rule[Any]]
    commits: list[Commit] = field(default_factory=list)
    _streams: dict[str, _Stream] = field(default_factory=dict)

    async def load(self, asked: Sequence[Asked]) -> None:
        """Read all that the commands name at first, then all that follows from it."""
        pairs = [(self.rules[type(each.command)], each.command) for each in asked]
        first = [list(rule.reads(command)) for rule, command in pairs]
        await self._load([read for reads in first for read in reads])
        more: list[Read] = []
        for (rule, command), reads in zip(pairs, first, strict=True):
            if rule.then_reads is not None:
                more += rule.then_reads(command, self._states(reads))
        await self._load(more)

    async def decide(self, fired: Fired) -> Outcome:
        """Decide what a reaction asks for; a refusal is its outcome, not an error."""
        start = len(self.commits) + 1
        code: str | None = None
        for asked in fired.asked:
            try:
                with decide(type(asked.command).__name__, cause=asked.cause) as trace:
                    await self._decide(asked, trace)
            except Rejected as refusal:
                code = code or refusal.code
        commands = range(start, len(self.commits) + 1)
        if code is not None:
            return Outcome(fired.reaction, fired.event_id, "rejected", code, commands)
        if commands or fired.was_done:
            return Outcome(fired.reaction, fired.event_id, "done", None, commands)
        return Outcome(fired.reaction, fired.event_id, "nothing")

    async def _decide(self, asked: Asked, traceparent: str | None) -> None:
        rule = self.rules[type(asked.command)]
        reads = list(rule.reads(asked.command))
        if rule.then_reads is not None:
            reads += rule.then_reads(asked.command, self._states(reads))
            # What an earlier command of the page has just made known.
            await self._load(reads)
        states = self._states(reads)
        events = rule.decide(asked.command, asked.stamp, states)
        if not events:
            return
        stamp = replace(asked.stamp, traceparent=traceparent)
        self.commits.append(Commit(stamp, states.versions, events))
        for new in events:
            self._streams[new.stream].add(new)

    def _states(self, reads: Sequence[Read]) -> States:
        streams = {read.stream: (read, self._streams[read.stream]) for read in reads}
        return States(
            {
                name: stream.folded(read.kind)
                for name, (read, stream) in streams.items()
            },
            {name: stream.version for name, (_, stream) in streams.items()},
        )

    async def _load(self, reads: Sequence[Read]) -> None:
        names = {read.stream for read in reads} - self._streams.keys()
        if not names:
            return
        for name, records in (await self.journal.read_streams(sorted(names))).items():
            facts = [record.fact() for record in records]
            self._streams[name] = _Stream(facts, len(records))
