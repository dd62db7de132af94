"""Reaction: event in, command out; decided once, by page, whatever is replayed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from libs import ids
from libs.events.command import Command, Stamp
from libs.events.decider import Rule
from libs.events.event import Actor, Event, Recorded, Source
from libs.events.journal.call import Call
from libs.events.journal.journal import Journal
from libs.events.journal.rows import plain
from libs.events.journal.words import (
    Appended,
    ClockAhead,
    PositionUpdate,
    Result,
)
from libs.events.page import Asked, Fired, Page
from libs.events.perform import Contended
from libs.telemetry.steps import append

ATTEMPTS = 20
KEPT = """
SELECT reaction, event_id FROM journal.reaction_outcome
WHERE event_id = ANY($1) AND reaction = ANY($2)
"""
DONE = "SELECT id FROM journal.command WHERE id = ANY($1)"
FINDINGS = """
SELECT reaction, event_id, code, decided_at FROM journal.reaction_outcome
WHERE outcome = 'rejected' ORDER BY decided_at DESC LIMIT $1
"""


@dataclass(frozen=True)
class Reaction:
    """What commands follow from an event of these types; the name is frozen.

    It does not fire on events recorded before `since`. `commands` is pure; [] says
    that there is nothing to do.
    """

    name: str
    on: tuple[type[Event], ...]
    since: datetime | None
    commands: Callable[[Recorded], Sequence[Command]]

    def fires(self, record: Recorded) -> bool:
        """Say whether the reaction looks at a record at all."""
        if self.since is not None and record.recorded_at < self.since:
            return False
        return isinstance(record.event, self.on)


@dataclass(frozen=True)
class Finding:
    """A reaction's command that a rule refused: someone should look at it."""

    reaction: str
    event_id: UUID
    code: str
    decided_at: datetime


@dataclass(frozen=True)
class Reactor:
    """A service's reactions, its rules by command, and in whose name it acts."""

    name: str
    services: frozenset[str]
    journal: Journal
    reactions: Sequence[Reaction]
    rules: Mapping[type[Command], Rule[Any]]
    actor: Actor

    def __post_init__(self) -> None:
        names = [reaction.name for reaction in self.reactions]
        if len(set(names)) != len(names):
            message = f"Two reactions have one name: {sorted(names)}"
            raise ValueError(message)

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether any reaction looks at an event."""
        return any(reaction.fires(recorded) for reaction in self.reactions)

    async def react(
        self, events: Sequence[Recorded], positions: Sequence[PositionUpdate]
    ) -> None:
        """React to a page: one read, one fold, one append with outcomes and positions.

        Raises PositionMoved when another consumer runs, ClockAhead, Contended, and
        whatever a rule raises that is no refusal: such an event is to be parked.
        """
        # What was decided before is refused by the append itself: only then we look.
        for attempt in range(ATTEMPTS):
            if await self._attempt(events, positions, look=attempt > 0):
                return
        raise Contended(f"The streams moved {ATTEMPTS} times.")

    async def _attempt(
        self,
        events: Sequence[Recorded],
        positions: Sequence[PositionUpdate],
        *,
        look: bool,
    ) -> bool:
        fired = await self._fired(events, look=look)
        page = Page(self.journal, self.rules)
        await page.load([asked for each in fired for asked in each.asked])
        outcomes = [await page.decide(each) for each in fired]
        if not outcomes and not positions:
            return True
        call = Call(page.commits, outcomes, positions, atomic=True)
        contexts = [commit.stamp.traceparent for commit in page.commits]
        try:
            with append(self.journal.service, contexts):
                results = await self.journal.append_page(call)
        except asyncpg.UniqueViolationError:
            # Another consumer has just kept an outcome: the next look finds it.
            return False
        return _settled(results)

    async def _fired(self, events: Sequence[Recorded], *, look: bool) -> list[Fired]:
        pairs = [
            (reaction, record)
            for record in events
            for reaction in self.reactions
            if reaction.fires(record)
        ]
        kept = await self._kept(pairs) if look else set()
        fired = [
            Fired(reaction.name, record.id, tuple(self._asked(reaction, record)))
            for reaction, record in pairs
            if (reaction.name, record.id) not in kept
        ]
        done = await self._done(fired)
        return [each.without(done) for each in fired]

    async def _kept(
        self, pairs: Sequence[tuple[Reaction, Recorded]]
    ) -> set[tuple[str, UUID]]:
        if not pairs:
            return set()
        events = [record.id for _, record in pairs]
        names = list({reaction.name for reaction, _ in pairs})
        rows = await self.journal.pool.fetch(KEPT, events, names)
        return {(row["reaction"], row["event_id"]) for row in rows}

    async def _done(self, fired: Sequence[Fired]) -> set[UUID]:
        wanted = [asked.stamp.command_id for each in fired for asked in each.asked]
        if not wanted:
            return set()
        # After a restore the log may hold what the outcomes have lost.
        return {row["id"] for row in await self.journal.pool.fetch(DONE, wanted)}

    def _asked(self, reaction: Reaction, record: Recorded) -> Iterator[Asked]:
        for number, command in enumerate(reaction.commands(record)):
            stamp = self._stamp(reaction.name, number, record)
            yield Asked(command, stamp, record)

    def _stamp(self, name: str, number: int, record: Recorded) -> Stamp:
        named = name if number == 0 else f"{name}#{number}"
        command_id = ids.reaction_command_id(named, record.id)
        return Stamp(
            command_id=command_id,
            request_hmac=sha256(command_id.bytes).digest(),
            actor=self.actor,
            at=record.recorded_at,
            source=Source.REACTION,
            correlation_id=record.correlation_id,
            causation_id=record.id,
            caused_at=record.recorded_at,
        )


def system_actor(service: str) -> Actor:
    """Return the actor in whose name a service's own reactions and timers act."""
    return Actor(ids.actor_id("system", service), "system", "system")


async def findings(journal: Journal, limit: int = 200) -> list[Finding]:
    """Return what rules refused to reactions, the latest first."""
    rows = await journal.pool.fetch(FINDINGS, limit)
    return [
        Finding(r["reaction"], plain(r["event_id"]), r["code"], r["decided_at"])
        for r in rows
    ]


def _settled(results: Sequence[Result | ClockAhead]) -> bool:
    for result in results:
        if isinstance(result, ClockAhead):
            raise result
    return all(isinstance(result, Appended) for result in results)
