"""Effects: a page of copies applied once for every consumer of a group.

Effect and positions are one transaction (a reaction's: one append). A page that fails
is tried by each consumer alone, then in halves, down to the event at fault; that event
and every later one of its stream are parked for this consumer, and the others go on.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import structlog
from aiokafka import TopicPartition

from libs.events.journal.words import PositionMoved
from libs.events.stream import parked
from libs.events.stream.admitted import Found, Page, Work, admitted
from libs.events.stream.consumers import (
    Consumer,
    Item,
    ReactionConsumer,
    ViewConsumer,
)
from libs.events.stream.parked import Waiting
from libs.events.stream.positions import Position, Step, move, read
from libs.events.stream.reached import Reached, Stored
from libs.events.stream.retry import try_again
from libs.events.stream.trouble import heals, name_of

log = structlog.get_logger()

# So many different events at fault, and none in order: it is the consumer's own fault.
MOST_PARKED = 10

# Others read stored positions to know how far a consumer is: they see it so much later.
STORE_AFTER_SECONDS = 0.05


class ConsumerBroken(Exception):
    """A consumer fails on everything: nothing more is parked, it has to be mended."""


@dataclass
class _Trial:
    applied: int = 0
    parked: int = 0


class Effects:
    """The consumers of one group, their positions, and their pages."""

    def __init__(self, pool: asyncpg.Pool, consumers: Sequence[Consumer]) -> None:
        self._pool = pool
        self.consumers = {consumer.name: consumer for consumer in consumers}
        self._reached = Reached()
        self._writing = asyncio.Lock()
        self._storing: asyncio.Task[None] | None = None
        self._broken: set[str] = set()
        self._any_parked = True
        self._moved = asyncio.Event()
        self.is_stale = False
        """Whether the database has other positions than are known here."""

    async def load(self) -> None:
        """Read all positions again: another member may have moved them."""
        self._reached = Reached(await self.stored())
        self.is_stale = False
        async with self._pool.acquire() as connection:
            self._any_parked = bool(await parked.blocked(connection, self.consumers))

    async def stored(self) -> Stored:
        """Return the positions as the database has them, of all members."""
        async with self._pool.acquire() as connection:
            return await read(connection, self.consumers)

    def position(self, consumer: str, partition: TopicPartition) -> Position:
        """Return up to where a consumer has taken a partition in."""
        return self._reached.position(consumer, partition)

    def next_offset(self, partition: TopicPartition, names: Iterable[str]) -> int:
        """Return the offset from which all these consumers get what they lack."""
        return self._reached.next_offset(partition, names)

    async def moved(self) -> None:
        """Wait until a position moves."""
        await self._moved.wait()

    async def apply(self, page: Page, readers: Mapping[str, Sequence[str]]) -> Found:
        """Apply a page; `readers` names the consumers of each topic.

        Raises what heals by waiting, or ConsumerBroken; what was applied
        before that stays applied.
        """
        async with self._writing:
            works, found = admitted(self.consumers, self._reached, page, readers)
            await self._take_in(self._concerned(works))
        return found

    async def _take_in(self, works: Sequence[Work]) -> None:
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

    def _concerned(self, works: Sequence[Work]) -> list[Work]:
        """Return what has to be taken in; the others move on without a transaction."""
        concerned = []
        for work in works:
            if any(_concerns(work.consumer, item) for item in work.items):
                concerned.append(work)
            else:
                copies = [item.copy for item in work.items]
                self._reached.passed(work.consumer.name, copies)
        if len(concerned) < len(works):
            self._tell_moved()
            self._store_soon()
        return concerned

    def _store_soon(self) -> None:
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_later(), name="positions")

    async def _store_later(self) -> None:
        await asyncio.sleep(STORE_AFTER_SECONDS)
        try:
            await self.store()
        except Exception as error:  # noqa: BLE001 -- the next page or round tries again
            log.warning("positions_not_stored", error=name_of(error))

    async def store(self) -> None:
        """Store how far consumers have come over pages that did not concern them.

        Raises PositionMoved when another member has the partition by now, or when a
        connection was lost before it told that it had stored.
        """
        async with self._writing:
            if moves := self._reached.unstored():
                try:
                    await self._write(moves)
                except PositionMoved:
                    self.is_stale = True
                    raise
                self._reached.moved(moves)

    async def _write(self, moves: Sequence[Step]) -> None:
        # No transaction: each position is moved from where it stands, or not at all.
        async with self._pool.acquire() as connection:
            await move(connection, moves)

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
        return self._reached.steps(name, [item.copy for item in items])

    def _moved_to(self, moves: Sequence[Step]) -> None:
        self._reached.moved(moves)
        self._tell_moved()

    def _tell_moved(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def asked(self) -> list[asyncpg.Record]:
        """Return (consumer, stream, topic, partition) of what is to be tried again."""
        return await parked.asked(self._pool, self.consumers)

    async def retry(self, name: str, stream: str) -> None:
        """Try a parked stream again, in its order."""
        await try_again(self._pool, self.consumers[name], stream)


def _concerns(consumer: Consumer, item: Item) -> bool:
    """Say whether an item has an effect, or is to be parked."""
    return item.trouble is not None or consumer.concerns(item.recorded)
