"""Effects: a page of copies applied once for every consumer of a group.

Effect and positions are one transaction (a reaction's: one append). A page that fails
is tried by each consumer alone, then in halves, down to the event at fault; that event
and every later one of its stream are parked for this consumer, and the others go on.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg
import structlog
from aiokafka import TopicPartition

from libs.events.stream import parked
from libs.events.stream.consumers import (
    Consumer,
    Item,
    ReactionConsumer,
    ViewConsumer,
    read_item,
)
from libs.events.stream.envelope import Copy
from libs.events.stream.parked import Waiting
from libs.events.stream.positions import (
    START,
    Admitted,
    Position,
    Step,
    admit,
    move,
    read,
    steps,
)
from libs.events.stream.retry import try_again
from libs.events.stream.trouble import heals, name_of

log = structlog.get_logger()

# So many different events at fault, and none in order: it is the consumer's own fault.
MOST_PARKED = 10

# A crash loses effect and position together, and Kafka still has the events: there is
# no need to wait for the disk.
QUICK = "SET LOCAL synchronous_commit = off"

Stored = dict[str, dict[TopicPartition, Position]]
Page = Mapping[TopicPartition, Sequence[Copy]]


class ConsumerBroken(Exception):
    """A consumer fails on everything: nothing more is parked, it has to be mended."""


@dataclass
class Found:
    """What a page showed of its partitions."""

    holes: dict[TopicPartition, int] = field(default_factory=dict)
    diverged: dict[TopicPartition, Copy] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What one consumer has to take in, in an order its partitions keep."""

    consumer: Consumer
    items: Sequence[Item]


@dataclass
class _Trial:
    applied: int = 0
    parked: int = 0


class Effects:
    """The consumers of one group, their positions, and their pages."""

    def __init__(self, pool: asyncpg.Pool, consumers: Sequence[Consumer]) -> None:
        self._pool = pool
        self.consumers = {consumer.name: consumer for consumer in consumers}
        self._positions: Stored = {}
        self._broken: set[str] = set()
        self._any_parked = True
        self._moved = asyncio.Event()

    async def load(self) -> None:
        """Read all positions again: another member may have moved them."""
        self._positions = await self.stored()
        async with self._pool.acquire() as connection:
            self._any_parked = bool(await parked.blocked(connection, self.consumers))

    async def stored(self) -> Stored:
        """Return the positions as the database has them, of all members."""
        async with self._pool.acquire() as connection:
            return await read(connection, self.consumers)

    def position(
        self, consumer: str, partition: TopicPartition, stored: Stored | None = None
    ) -> Position:
        """Return where a consumer stands in a partition; without `stored`, here."""
        places = self._positions if stored is None else stored
        return places.get(consumer, {}).get(partition, START)

    def next_offset(self, partition: TopicPartition, names: Iterable[str]) -> int:
        """Return the offset from which all these consumers get what they lack."""
        stored = [self.position(name, partition).kafka_offset for name in names]
        return min(stored, default=-1) + 1

    async def moved(self) -> None:
        """Wait until a position moves."""
        await self._moved.wait()

    async def apply(self, page: Page, readers: Mapping[str, Sequence[str]]) -> Found:
        """Apply a page; `readers` names the consumers of each topic.

        Raises what heals by waiting, or ConsumerBroken; what was applied
        before that stays applied.
        """
        found = Found()
        works = self._admitted(page, readers, found)
        views = [w for w in works if isinstance(w.consumer, ViewConsumer)]
        if len(views) > 1 and await self._together(views):
            works = [w for w in works if isinstance(w.consumer, ReactionConsumer)]
        broken = None
        for work in works:
            try:
                await self._settle(work, _Trial())
            except ConsumerBroken as error:
                broken = error
        if broken:
            raise broken
        return found

    def _admitted(
        self, page: Page, readers: Mapping[str, Sequence[str]], found: Found
    ) -> list[Work]:
        items: dict[str, list[Item]] = {}
        read_once: dict[int, Item] = {}
        for partition, copies in page.items():
            known: dict[Position, Admitted] = {}
            for name in readers.get(partition.topic, ()):
                position = self.position(name, partition)
                if position not in known:
                    known[position] = admit(position, copies)
                admitted = known[position]
                if admitted.hole is not None:
                    # The first that any consumer lacks, so that pages agree.
                    found.holes[partition] = min(
                        admitted.hole, found.holes.get(partition, admitted.hole)
                    )
                if admitted.diverged is not None:
                    found.diverged[partition] = admitted.diverged
                for copy in admitted.apply:
                    if id(copy) not in read_once:
                        read_once[id(copy)] = read_item(copy)
                    items.setdefault(name, []).append(read_once[id(copy)])
        return [
            # A partition's order is the journal's: sorting by number keeps it.
            Work(self.consumers[name], sorted(mine, key=_order))
            for name, mine in items.items()
        ]

    async def _together(self, works: Sequence[Work]) -> bool:
        """Apply all views' pages in one transaction; False when one of them fails."""
        try:
            await self._views(works)
        except Exception as error:  # a consumer may fail in any way
            if heals(error):
                raise
            log.warning("page_failed", error=name_of(error))
            return False
        return True

    async def _settle(self, work: Work, trial: _Trial) -> None:
        name = work.consumer.name
        items = work.items[:1] if name in self._broken else work.items
        try:
            await self._once(Work(work.consumer, items))
        except Exception as error:  # a consumer may fail in any way
            if heals(error):
                raise
            if name in self._broken:
                raise ConsumerBroken(name) from error
            await self._smaller(work, trial, error)
        else:
            trial.applied += len(items)
            self._broken.discard(name)
            if len(items) < len(work.items):
                await self._settle(Work(work.consumer, work.items[1:]), trial)

    async def _smaller(self, work: Work, trial: _Trial, error: Exception) -> None:
        if len(work.items) > 1:
            middle = len(work.items) // 2
            await self._settle(Work(work.consumer, work.items[:middle]), trial)
            await self._settle(Work(work.consumer, work.items[middle:]), trial)
            return
        name, item = work.consumer.name, work.items[0]
        if trial.parked >= MOST_PARKED and not trial.applied:
            self._broken.add(name)
            raise ConsumerBroken(name) from error
        trial.parked += 1
        await self._park(name, Waiting(item, "failed", name_of(error)))

    async def _park(self, name: str, waiting: Waiting) -> None:
        moves = self._steps(name, [waiting.item])
        async with self._pool.acquire() as connection, connection.transaction():
            await parked.park(connection, name, [waiting])
            await move(connection, moves)
        self._any_parked = True
        self._moved_to(moves)
        log.error(
            "event_parked",
            consumer=name,
            event_id=str(waiting.item.recorded.id),
            stream=waiting.item.recorded.stream,
            error=waiting.error_code,
        )

    async def _once(self, work: Work) -> None:
        if isinstance(work.consumer, ReactionConsumer):
            await self._reaction(work.consumer, work.items)
        else:
            await self._views([work])

    async def _views(self, works: Sequence[Work]) -> None:
        moves: list[Step] = []
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(QUICK)
            names = [work.consumer.name for work in works]
            held = await parked.blocked(connection, names)
            for work in works:
                name, consumer = work.consumer.name, work.consumer
                free, wait = parked.sorted_out(name, work.items, held)
                if free and isinstance(consumer, ViewConsumer):
                    await consumer.apply(connection, [i.recorded for i in free])
                await parked.park(connection, name, wait)
                moves += self._steps(name, work.items)
            await move(connection, moves)
        self._moved_to(moves)

    async def _reaction(
        self, consumer: ReactionConsumer, items: Sequence[Item]
    ) -> None:
        name = consumer.name
        moves = self._steps(name, items)
        free, wait = parked.sorted_out(name, items, set())
        # Only who holds a partition parks for a reactor: empty at the load, it stays
        # empty until we park. (A view's rows also come from a rebuild.)
        if self._any_parked or wait or not free:
            async with self._pool.acquire() as connection, connection.transaction():
                held = await parked.blocked(connection, [name])
                free, wait = parked.sorted_out(name, items, held)
                # Parked before its position: again after a crash, to the same end.
                await parked.park(connection, name, wait)
                self._any_parked = self._any_parked or bool(wait)
                if not free:
                    await move(connection, moves)
        if free:
            updates = [step.update() for step in moves]
            await consumer.react([item.recorded for item in free], updates)
        self._moved_to(moves)

    def _steps(self, name: str, items: Sequence[Item]) -> list[Step]:
        before = self._positions.get(name, {})
        return steps(name, before, [item.copy for item in items])

    def _moved_to(self, moves: Sequence[Step]) -> None:
        for step in moves:
            self._positions.setdefault(step.consumer, {})[step.partition] = step.to
        self._moved.set()
        self._moved = asyncio.Event()

    async def asked(self) -> list[asyncpg.Record]:
        """Return (consumer, stream, topic, partition) of what is to be tried again."""
        return await parked.asked(self._pool, self.consumers)

    async def retry(self, name: str, stream: str) -> None:
        """Try a parked stream again, in its order."""
        await try_again(self._pool, self.consumers[name], stream)


def _order(item: Item) -> tuple[str, int]:
    return item.recorded.service, item.recorded.seq
