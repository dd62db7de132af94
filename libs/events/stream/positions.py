"""Positions: how far a consumer has applied a partition, and what may come next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from aiokafka import TopicPartition

from libs.events.journal.words import PositionMoved, PositionUpdate
from libs.events.stream.envelope import Copy
from libs.events.stream.progress import NOTHING

READ = """
SELECT consumer, topic, partition, idx, event_id, kafka_offset, seq, recorded_at
FROM position WHERE consumer = ANY($1::text[])
"""

# Compare-and-set: a member that lost the partition meanwhile moves nothing.
MOVE = """
UPDATE position AS p
SET idx = m.idx, event_id = m.event_id, kafka_offset = m.kafka_offset,
    seq = m.seq, recorded_at = m.recorded_at
FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[],
            $6::uuid[], $7::bigint[], $8::bigint[], $9::timestamptz[])
    AS m(consumer, topic, partition, before, idx, event_id, kafka_offset, seq,
         recorded_at)
WHERE p.consumer = m.consumer AND p.topic = m.topic AND p.partition = m.partition
  AND p.idx = m.before
RETURNING 1
"""

BEGIN = """
INSERT INTO position
    (consumer, topic, partition, idx, event_id, kafka_offset, seq, recorded_at)
SELECT consumer, topic, partition, idx, event_id, kafka_offset, seq, recorded_at
FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[],
            $6::uuid[], $7::bigint[], $8::bigint[], $9::timestamptz[])
    AS m(consumer, topic, partition, before, idx, event_id, kafka_offset, seq,
         recorded_at)
ON CONFLICT (consumer, topic, partition) DO NOTHING
RETURNING 1
"""


@dataclass(frozen=True)
class Position:
    """The last event a consumer has applied from a partition; index -1 is none."""

    index: int = NOTHING
    event_id: UUID | None = None
    kafka_offset: int = NOTHING
    seq: int = 0
    recorded_at: datetime | None = None

    @classmethod
    def at(cls, copy: Copy) -> "Position":
        """Return the position after a copy was applied."""
        row = copy.recorded
        return cls(copy.index, row.id, copy.offset, row.seq, row.recorded_at)


START = Position()


@dataclass(frozen=True)
class Admitted:
    """What a page holds for one position in one partition.

    `hole` is the index that is missing while later ones are there; `diverged` is a
    copy that has another id than the one applied at its index.
    """

    apply: tuple[Copy, ...]
    duplicates: int = 0
    hole: int | None = None
    diverged: Copy | None = None


def admit(position: Position, copies: Iterable[Copy]) -> Admitted:
    """Admit exactly the next index, again and again; drop all else.

    A hole is refilled behind newer records, because the relay resends everything
    after its checkpoint: so reading on, and dropping, finds the missing one.
    """
    applied: list[Copy] = []
    known = {position.index: position.event_id}
    last, highest, duplicates = position.index, position.index, 0
    for copy in copies:
        highest = max(highest, copy.index)
        if copy.index == last + 1:
            applied.append(copy)
            last = copy.index
            known[last] = copy.recorded.id
        elif copy.index <= last:
            duplicates += 1
            if known.get(copy.index, copy.recorded.id) != copy.recorded.id:
                return Admitted(tuple(applied), duplicates, diverged=copy)
    hole = last + 1 if highest > last else None
    return Admitted(tuple(applied), duplicates, hole)


Positions = Mapping[TopicPartition, Position]


async def read(
    connection: asyncpg.Connection, consumers: Collection[str]
) -> dict[str, dict[TopicPartition, Position]]:
    """Return every stored position of these consumers."""
    found: dict[str, dict[TopicPartition, Position]] = {c: {} for c in consumers}
    for row in await connection.fetch(READ, list(consumers)):
        partition = TopicPartition(row["topic"], row["partition"])
        found[row["consumer"]][partition] = Position(
            row["idx"],
            row["event_id"],
            row["kafka_offset"],
            row["seq"] or 0,
            row["recorded_at"],
        )
    return found


@dataclass(frozen=True)
class Step:
    """One consumer's move in one partition."""

    consumer: str
    partition: TopicPartition
    before: int
    to: Position

    def update(self) -> PositionUpdate:
        """Return the step as the journal's append takes it."""
        if self.to.event_id is None:
            raise ValueError("A step leads to an event.")
        return PositionUpdate(
            consumer=self.consumer,
            topic=self.partition.topic,
            partition=self.partition.partition,
            before=self.before,
            index=self.to.index,
            event_id=self.to.event_id,
            kafka_offset=self.to.kafka_offset,
        )


def steps(consumer: str, before: Positions, copies: Iterable[Copy]) -> list[Step]:
    """Return where a consumer will be in each partition after these copies."""
    last = {TopicPartition(copy.topic, copy.partition): copy for copy in copies}
    return [
        Step(consumer, tp, before.get(tp, START).index, Position.at(copy))
        for tp, copy in last.items()
    ]


async def move(connection: asyncpg.Connection, moves: Sequence[Step]) -> None:
    """Move positions, in the caller's transaction where they belong to an effect.

    Raises PositionMoved when somebody else has moved one of them.
    """
    first = [each for each in moves if each.before == NOTHING]
    later = [each for each in moves if each.before != NOTHING]
    done = 0
    if later:
        done += len(await connection.fetch(MOVE, *_columns(later)))
    if first:
        done += len(await connection.fetch(BEGIN, *_columns(first)))
    if done != len(moves):
        raise PositionMoved


def _columns(moves: Sequence[Step]) -> tuple[list[object], ...]:
    # One order for all members, so that two never wait for each other.
    rows = sorted(moves, key=lambda step: (step.consumer, step.partition))
    return (
        [each.consumer for each in rows],
        [each.partition.topic for each in rows],
        [each.partition.partition for each in rows],
        [each.before for each in rows],
        [each.to.index for each in rows],
        [each.to.event_id for each in rows],
        [each.to.kafka_offset for each in rows],
        [each.to.seq for each in rows],
        [each.to.recorded_at for each in rows],
    )
