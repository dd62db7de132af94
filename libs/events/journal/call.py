"""One call of `journal.append`: commits in, a result for each out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from libs.events.algorithms import HASH
from libs.events.command import Stamp
from libs.events.event import New, Precision, Recorded
from libs.events.journal import rows
from libs.events.journal.words import (
    Answer,
    Appended,
    ClockAhead,
    Commit,
    Conflicted,
    Diverged,
    KeyReused,
    Outcome,
    PositionMoved,
    PositionUpdate,
    RealTime,
    Repeated,
    Result,
)

APPEND = "SELECT journal.append($1, $2, $3, $4, $5, $6)"
BETWEEN = (
    f"SELECT {rows.COLUMNS} FROM journal.event"  # noqa: S608 -- a constant list.
    " WHERE seq BETWEEN $1 AND $2 ORDER BY seq"
)
REFUSALS: Mapping[str, type[Exception]] = {
    "QX003": PositionMoved,
    "QX004": RealTime,
    "QX005": Diverged,
}


@dataclass(frozen=True)
class Call:
    """What one call carries; `atomic`: one loser stops them all."""

    commits: Sequence[Commit]
    outcomes: Sequence[Outcome] = ()
    positions: Sequence[PositionUpdate] = ()
    atomic: bool = False


@dataclass(frozen=True)
class Place:
    """Whose journal it is."""

    service: str
    site: str


async def append(
    connection: asyncpg.Connection, call: Call, place: Place
) -> list[Result | ClockAhead]:
    """Append; return each commit's result, in order.

    Raises PositionMoved, and asyncpg's errors when the database refuses or is gone.
    """
    try:
        answer = await connection.fetchval(APPEND, *arguments(call))
    except asyncpg.PostgresError as error:
        raise refusal(error) from error
    stored, verdicts = answer["stored"] or (), answer["verdicts"] or ()
    if call.atomic and any(verdict["status"] != "appended" for verdict in verdicts):
        return [_loser(verdict) for verdict in verdicts]
    return [
        await _result(connection, _Told(place, commit, verdict, stored))
        for commit, verdict in zip(call.commits, verdicts, strict=True)
    ]


def refusal(error: asyncpg.PostgresError) -> Exception:
    """Return our own error for one that our SQL raised, else the error itself."""
    ours = REFUSALS.get(error.sqlstate or "")
    return error if ours is None else ours(str(error))


def answer_of(text: str | None) -> Answer | None:
    """Read a kept answer."""
    return None if text is None else orjson.loads(text)


async def events_between(
    connection: asyncpg.Connection, first: int, last: int, service: str
) -> tuple[Recorded, ...]:
    """Return the events of a command from its range of numbers."""
    if last < first:
        return ()
    found = await connection.fetch(BETWEEN, first, last)
    return tuple(rows.recorded(row, service) for row in found)


@dataclass(frozen=True)
class _Told:
    place: Place
    commit: Commit
    verdict: asyncpg.Record
    stored: Sequence[asyncpg.Record]


def _loser(verdict: asyncpg.Record) -> Result | ClockAhead:
    if verdict["status"] == "ahead":
        return _ahead()
    return Conflicted()


async def _result(connection: asyncpg.Connection, told: _Told) -> Result | ClockAhead:
    verdict = told.verdict
    match verdict["status"]:
        case "appended":
            return _appended(told)
        case "repeated":
            first, last = verdict["first_seq"], verdict["last_seq"]
            service = told.place.service
            events = await events_between(connection, first, last, service)
            return Repeated(Appended(first, last, events, answer_of(verdict["answer"])))
        case "reused":
            return KeyReused()
        case _:
            return _loser(verdict)


def _ahead() -> ClockAhead:
    return ClockAhead("The cause lies over 60 s ahead of this deployment's clock.")


def _appended(told: _Told) -> Appended:
    commit, verdict = told.commit, told.verdict
    first, last = verdict["first_seq"], verdict["last_seq"]
    # Numbers have no gaps, so a range of them is a slice of what was stored.
    start = first - told.stored[0]["seq"] if last >= first else 0
    stored = told.stored[start : start + last - first + 1]
    events = zip(commit.events, commit.payloads, stored, strict=True)
    return Appended(
        first,
        last,
        tuple(_recorded(told, *event) for event in events),
        commit.answer,
    )


def _recorded(told: _Told, new: New, data: str, row: asyncpg.Record) -> Recorded:
    stamp = told.commit.stamp
    if stamp.correlation_id is None:
        raise ValueError("correlation")
    at = occurred(new, stamp)
    return Recorded(
        seq=row["seq"],
        id=rows.plain(row["id"]),
        site=told.place.site,
        stream=new.stream,
        version=row["version"],
        type=new.event.name,
        schema_version=new.event.schema_version,
        data=data,
        occurred_at=at,
        occurred_precision=new.precision,
        recorded_at=row["recorded_at"],
        actor=stamp.actor,
        source=stamp.source,
        serial=row["serial"],
        command_id=stamp.command_id,
        request_hmac=stamp.request_hmac,
        hash_alg=HASH,
        correlation_id=stamp.correlation_id,
        causation_id=stamp.causation_id,
        partition_key=new.partition_key or new.stream,
        traceparent=stamp.traceparent,
        leaf=row["leaf"],
        chain=row["chain"],
        service=told.place.service,
        event=new.event,
    )


def occurred(new: New, stamp: Stamp) -> datetime | None:
    """Return when the fact happened: as told, else the door's time, else unknown."""
    if new.occurred_at is None and new.precision is Precision.INSTANT:
        return stamp.at
    return new.occurred_at


def arguments(call: Call) -> tuple[Any, ...]:
    """Return what `journal.append` takes, in its order."""
    numbered = list(enumerate(call.commits, start=1))
    return (
        [_command(commit) for commit in call.commits],
        [(n, *read) for n, commit in numbered for read in commit.expected.items()],
        [event for n, commit in numbered for event in _events(n, commit)],
        [
            (
                o.reaction,
                o.event_id,
                o.outcome,
                o.code,
                o.commands.start,
                o.commands.stop - 1,
            )
            for o in call.outcomes
        ],
        [
            (
                p.consumer,
                p.topic,
                p.partition,
                p.before,
                p.index,
                p.event_id,
                p.kafka_offset,
            )
            for p in call.positions
        ],
        call.atomic,
    )


def _command(commit: Commit) -> tuple[Any, ...]:
    stamp = commit.stamp
    return (
        stamp.command_id,
        stamp.request_hmac,
        stamp.actor.id,
        stamp.actor.role,
        stamp.actor.unit,
        stamp.source.value,
        stamp.correlation_id,
        stamp.causation_id,
        stamp.caused_at,
        stamp.traceparent,
        orjson.dumps(dict(commit.answer)).decode(),
    )


def _events(number: int, commit: Commit) -> Iterator[tuple[Any, ...]]:
    for new, data in zip(commit.events, commit.payloads, strict=True):
        series = new.series
        yield (
            number,
            new.stream,
            new.event.name,
            new.event.schema_version,
            data,
            occurred(new, commit.stamp),
            new.precision.value,
            series and series.area,
            series and series.kind,
            new.partition_key or new.stream,
        )
