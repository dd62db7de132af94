"""Perform a command: read, fold, decide, append; again after a conflict.

A repeat is found by the append itself, or looked up when it was refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.decider import NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New, Recorded
from libs.events.journal.journal import Journal
from libs.events.journal.words import (
    Answer,
    Appended,
    Commit,
    Conflicted,
    KeyReused,
    Repeated,
)
from libs.events.journal.writer import Writer
from libs.telemetry.steps import append, decide, tell_about

ATTEMPTS = 10
"""How often a command is decided anew when a stream it read has moved."""

Answering = Callable[[Sequence[Event]], Answer]
"""What to answer, from the events alone: kept with them, so repeats get the same."""


class CommandKeyReused(Exception):
    """The same key came with another request: answered as 422."""


class PreconditionFailed(Exception):
    """The stream is not at the version that If-Match names: answered as 412."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"{stream} is at version {version}")
        self.stream = stream
        self.version = version


class Contended(Exception):
    """Rivals moved the streams at every attempt: answered as 409, try again."""


@dataclass(frozen=True)
class Log:
    """A service's journal and the writer to it."""

    journal: Journal
    writer: Writer


@dataclass(frozen=True)
class Done:
    """What became of a command; `repeated`: it had been done before."""

    appended: Appended
    repeated: bool
    answer: Answer

    @property
    def events(self) -> tuple[Recorded, ...]:
        """Return the events as stored."""
        return self.appended.events


@dataclass
class Streams:
    """Streams as read: their records, and the states folded from them."""

    records: dict[str, list[Recorded]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def fold(self, reads: Sequence[Read]) -> States:
        """Return the states of streams that were read."""
        for read in reads:
            if read.stream not in self.values:
                facts = [record.fact() for record in self.records[read.stream]]
                self.values[read.stream] = read.kind.fold(facts)
        return States(
            {read.stream: self.values[read.stream] for read in reads},
            {read.stream: len(self.records[read.stream]) for read in reads},
        )


async def perform(  # noqa: PLR0913 -- the one entry; two are by name and optional.
    log: Log,
    rule: Rule[Any],
    command: Command,
    stamp: Stamp,
    *,
    if_match: tuple[str, int] | None = None,
    answer: Answering | None = None,
) -> Done:
    """Do a command once, whatever is repeated; return what was recorded, and said.

    `if_match` is (stream, version). Raises Rejected, CommandKeyReused,
    PreconditionFailed, Contended, and the writer's Overloaded and ClockAhead.
    """
    asked = _Asked(log, rule, command, stamp, if_match, answer or _silent)
    for _ in range(ATTEMPTS):
        try:
            done = await _attempt(asked)
        except (Rejected, PreconditionFailed):
            # Done before, it may be refused for that very reason: then it is repeated.
            done = await _kept(asked)
            if done is None:
                raise
        if done is not None:
            return done
    raise Contended(f"The streams moved {ATTEMPTS} times.")


@dataclass(frozen=True)
class _Asked:
    log: Log
    rule: Rule[Any]
    command: Command
    stamp: Stamp
    if_match: tuple[str, int] | None
    answer: Answering


async def _kept(asked: _Asked) -> Done | None:
    kept = await asked.log.journal.kept(asked.stamp.command_id)
    if kept is None:
        return None
    if kept.request_hmac != asked.stamp.request_hmac:
        raise CommandKeyReused(str(asked.stamp.command_id))
    return _again(asked, kept.first)


async def _attempt(asked: _Asked) -> Done | None:
    with decide(type(asked.command).__name__) as traceparent:
        commit = await _decided(asked, traceparent)
    service, about = asked.log.journal.service, commit.stamp.correlation_id
    with append(service, [traceparent], about=about):
        result = await asked.log.writer.submit(commit)
    match result:
        case Appended():
            return Done(result, repeated=False, answer=commit.answer)
        case Repeated(first):
            return _again(asked, first)
        case KeyReused():
            raise CommandKeyReused(str(asked.stamp.command_id))
        case Conflicted():
            return None


def _again(asked: _Asked, first: Appended) -> Done:
    answer = first.answer
    if answer is None:
        answer = asked.answer([record.fact() for record in first.events])
    return Done(first, repeated=True, answer=answer)


async def _decided(asked: _Asked, traceparent: str | None) -> Commit:
    streams = Streams()
    rule, command = asked.rule, asked.command
    reads = list(rule.reads(command))
    named = [] if asked.if_match is None else [asked.if_match[0]]
    await _load(asked.log, streams, [*(read.stream for read in reads), *named])
    if rule.then_reads is not None:
        reads += rule.then_reads(command, streams.fold(reads))
        await _load(asked.log, streams, [read.stream for read in reads])
    new = _allowed(asked, streams, streams.fold(reads))
    stamp = correlated(asked.stamp, new, streams.records)
    if stamp.correlation_id is not None:
        tell_about(stamp.correlation_id)
    return Commit(
        replace(stamp, traceparent=traceparent or stamp.traceparent),
        {name: len(records) for name, records in streams.records.items()},
        new,
        asked.answer([each.event for each in new]),
    )


def _allowed(asked: _Asked, streams: Streams, states: States) -> Sequence[New]:
    """Decide; who may not see or do it is told that, and never how the stream stands.

    Everybody else hears of a version that moved before any rule's own refusal.
    """
    try:
        new = asked.rule.decide(asked.command, asked.stamp, states)
    except (NotVisible, NotYours):
        raise
    except Rejected:
        _check(asked.if_match, streams)
        raise
    _check(asked.if_match, streams)
    return new


async def _load(log: Log, streams: Streams, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in streams.records]
    if missing:
        streams.records.update(await log.journal.read_streams(missing))


def _check(if_match: tuple[str, int] | None, streams: Streams) -> None:
    if if_match is None:
        return
    stream, wanted = if_match
    version = len(streams.records[stream])
    if version != wanted:
        raise PreconditionFailed(stream, version)


def correlated(
    stamp: Stamp, new: Sequence[New], records: Mapping[str, Sequence[Recorded]]
) -> Stamp:
    """Return the stamp in its correlation: everything about one clue shares the clue's.

    The stamp's own; else the clue an event names; else the one in which the first
    stream began; else the first stream's subject; else the command itself.
    """
    if stamp.correlation_id is not None:
        return stamp
    for each in new:
        clue = getattr(each.event, "clue_id", None)
        if isinstance(clue, UUID):
            return stamp.within(clue)
    for name in [*(each.stream for each in new), *records]:
        if records.get(name):
            return stamp.within(records[name][0].correlation_id)
    return stamp.within(UUID(new[0].stream[-36:]) if new else stamp.command_id)


def _silent(_: Sequence[Event]) -> Answer:
    return {}
