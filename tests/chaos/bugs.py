"""Bugs let in on purpose, in a test's child process alone: the checker finds each.

A window that a real bug would open for microseconds is held open for `WINDOW` seconds,
so that few faults meet it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from libs.events import perform
from libs.events.journal import writer
from libs.events.journal.call import Call
from libs.events.journal.call import append as append_call
from libs.events.journal.journal import Journal
from libs.events.journal.words import PositionUpdate
from libs.events.reactions import Reactor
from libs.events.stream import admitted, effects, relay
from libs.events.stream.envelope import Copy
from libs.events.stream.leadership import Last
from libs.events.stream.positions import Admitted, Position, move
from libs.events.stream.progress import Progress
from libs.events.stream.pump import Pump
from libs.events.stream.sender import Sender
from tests.chaos.holding import held

WINDOW = 0.4
EARLY = timedelta(seconds=3)

# Everything here replaces a method on purpose.
# mypy: disable-error-code="method-assign,assignment"


@dataclass(frozen=True)
class Bug:
    """A bug: how it is let in, and the kinds of faults that show it."""

    let_in: Callable[[], None]
    faults: tuple[str, ...]


def commit_before() -> None:
    """A view's position is committed before its effect's transaction begins."""
    views = effects.Effects._views  # noqa: SLF001 -- the method that is spoilt

    async def spoilt(self: effects.Effects, works: Sequence[admitted.Work]) -> None:
        async with self._pool.acquire() as connection:
            moves = [
                step
                for work in works
                for step in self._steps(work.consumer.name, work.items)
            ]
            await move(connection, moves)
        await held(WINDOW)
        vars(effects)["move"] = _moved_already
        await views(self, works)

    effects.Effects._views = spoilt  # noqa: SLF001


async def _moved_already(*_: object) -> None:
    return


def index_rule_off() -> None:
    """Whatever comes is applied, also what was applied and what follows a hole."""

    def spoilt(position: Position, copies: Sequence[Copy]) -> Admitted:
        del position
        return Admitted(tuple(copies))

    vars(admitted)["admit"] = spoilt


def position_outside() -> None:
    """A reaction's position moves by itself; its commands follow in another call."""
    react = Reactor.react

    async def spoilt(
        self: Reactor, events: Sequence[Any], positions: Sequence[PositionUpdate]
    ) -> None:
        if positions:
            await self.journal.append_page(Call([], [], positions, atomic=True))
        await held(WINDOW)
        await react(self, events, ())

    Reactor.react = spoilt


def no_go_back() -> None:
    """The checkpoint moves before Kafka has acknowledged: nothing is sent again."""

    async def spoilt(self: Pump, sender: Sender, limit: int) -> bool:
        rows = await self._journal.read_stored(self.checkpoint.seq, limit)
        page = self.numbered(rows)
        lasts = {p.partition: Last(p.index, p.recorded.id, 0) for p in page}
        if rows:
            last = rows[-1].seq
            self.checkpoint = await self._lead.advance(self.checkpoint, last, lasts)
            await held(WINDOW)
            await sender.send(page)
            self._moved = True
        return len(rows) == limit

    async def fit(*_: object) -> None:
        return

    Pump._page = spoilt  # noqa: SLF001
    vars(relay)["hold_fit"] = fit


def watermark_early() -> None:
    """A tick says that it is complete up to a time that is still to come."""
    up_to = Pump._up_to  # noqa: SLF001

    async def spoilt(self: Pump, head: Any, sender: Sender) -> Progress:
        progress = await up_to(self, head, sender)
        return replace(progress, at=progress.at + EARLY)

    Pump._up_to = spoilt  # noqa: SLF001


def no_lookup() -> None:
    """Nobody looks whether the same key came before."""

    async def nothing(_: object) -> None:
        return

    submit = writer.Writer.submit

    async def spoilt(self: writer.Writer, commit: Any) -> Any:
        stamp = replace(commit.stamp, command_id=uuid4())
        return await submit(self, replace(commit, stamp=stamp))

    perform._kept = nothing  # noqa: SLF001
    writer.Writer.submit = spoilt


def acks_early() -> None:
    """A group commit answers its commands before it is committed."""
    run: set[asyncio.Task[None]] = set()

    async def late(transaction: Any) -> None:
        await held(WINDOW)
        await transaction.commit()

    async def spoilt(connection: Any, call: Call, place: Any) -> Any:
        if run:
            await asyncio.gather(*run, return_exceptions=True)
        transaction = connection.transaction()
        await transaction.start()
        results = await append_call(connection, call, place)
        task = asyncio.create_task(late(transaction))
        run.add(task)
        task.add_done_callback(run.discard)
        return results

    vars(writer)["append"] = spoilt


def no_outcome() -> None:
    """What a reaction decided is not kept."""
    page = Journal.append_page

    async def spoilt(self: Journal, call: Call) -> Any:
        return await page(self, replace(call, outcomes=()))

    Journal.append_page = spoilt


KILLS = ("kill", "postgres-kill")

ALL: Mapping[str, Bug] = {
    "commit-before": Bug(commit_before, KILLS),
    "index-rule-off": Bug(index_rule_off, ("twice", "kill", "rebalance")),
    "position-outside": Bug(position_outside, KILLS),
    "no-go-back": Bug(no_go_back, KILLS),
    "watermark-early": Bug(watermark_early, ("kill", "pause", "link-slow")),
    "no-lookup": Bug(no_lookup, ("kill", "link-cut", "term")),
    "acks-early": Bug(acks_early, KILLS),
    "no-outcome": Bug(no_outcome, ("kill", "rebalance")),
}
