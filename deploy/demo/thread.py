"""A thread: one clue with its case and claims, and where each of its streams stands.

The plan foretells every version that If-Match must name, also the steps that services
make by themselves in answer to each other's events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from deploy.demo.step import Book, Fact, Kind, Step
from libs.calendar import end_of_day

EARLIEST, LATEST = 25, 55
"""Minutes before a stop at which the first act of a thread happens."""


@dataclass(frozen=True)
class Act:
    """One request of a thread; `stream` is what its If-Match names."""

    service: str
    path: str
    stream: str | None
    body: dict[str, Any]
    adds: int = 1
    timed: bool = True
    refused: str | None = None
    early: bool = False


@dataclass
class Order:
    """A payment order and how far it is."""

    order_id: UUID
    pay_by: datetime
    lines: dict[int, int]
    served: bool = False
    satisfied: bool = False
    expired: bool = False


@dataclass
class Claim:
    """One worker's claim: who it is and its amounts in fen."""

    claim_id: UUID
    who: str
    claimed: int | None
    verified: int | None = None
    ordered: int | None = None
    paid: int = 0
    withdrawn: bool = False


@dataclass
class Thread:
    """What the plan knows of one clue on its way."""

    book: Book
    lane: str
    clue_id: UUID
    case_id: UUID
    claims: dict[int, Claim]
    traced: bool
    versions: dict[str, int] = field(default_factory=dict)
    moved: dict[str, datetime] = field(default_factory=dict)
    minutes: dict[datetime, int] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    form: str = "spoken"
    """How its author is answered."""
    found: bool | None = None
    answered: datetime | None = None
    concluded: datetime | None = None

    def do(
        self, at: datetime, who: str, acts: Sequence[Act], when: datetime | None = None
    ) -> list[Step]:
        """Plan acts that go side by side; return their steps."""
        turn = self.book.turn(self.lane)
        happened = when or self.occurs(at)
        steps = [
            self._step((at, happened), who, act, (turn, part))
            for part, act in enumerate(acts)
        ]
        self.book.steps += steps
        return steps

    def _step(
        self,
        times: tuple[datetime, datetime],
        who: str,
        act: Act,
        place: tuple[int, int],
    ) -> Step:
        body = dict(act.body)
        if act.timed:
            body["occurred_at"] = times[1].isoformat()
        if act.stream is not None and self.moved.get(act.stream) == times[0]:
            message = f"{self.lane}: {act.stream} moves by itself at {times[0]}"
            raise ValueError(message)
        if_match = None
        if act.stream is not None:
            if_match = self.versions.get(act.stream, 0)
            self.versions[act.stream] = if_match + (0 if act.refused else act.adds)
        return Step(
            at=times[0],
            lane=self.lane,
            turn=place[0],
            key=self.book.key(self.lane, *place),
            actor=who,
            service=act.service,
            path=act.path,
            body=body,
            if_match=if_match,
            refused=act.refused,
            traced=self.traced,
            early=act.early,
        )

    def occurs(self, at: datetime) -> datetime:
        """Return when the next act before a stop happened: a little before it."""
        spread = crc32(f"{self.lane}{at}".encode()) % (LATEST - EARLIEST)
        done = self.minutes.get(at, 0)
        self.minutes[at] = done + 1
        seconds = crc32(f"{self.lane}{at}{done}".encode()) % 60
        return at - timedelta(minutes=EARLIEST + spread - done, seconds=seconds)

    def moves(self, stream: str, at: datetime) -> None:
        """Note that a service moves a stream by itself after this stop's acts."""
        self.versions[stream] = self.versions.get(stream, 0) + 1
        self.moved[stream] = at

    def fact(
        self,
        kind: Kind,
        times: tuple[datetime, datetime],
        who: str = "",
        minor: int = 0,
    ) -> None:
        """Note what is true now: (happened, entered)."""
        at, entered = times
        self.book.facts.append(
            Fact(kind, self.case_id, self.lane, at, entered, who, minor)
        )

    def settle(self, at: datetime) -> None:
        """Let orders expire whose day passed unpaid before this stop."""
        for order in self.orders:
            passed = at >= end_of_day(order.pay_by.date())
            if order.served and passed and not (order.satisfied or order.expired):
                order.expired = True
                self.versions["proceeding"] += 1

    def ends(self, at: datetime, happened: datetime) -> None:
        """Close the case when it is both concluded and answered."""
        if self.concluded is None or self.answered is None:
            return
        self.moves("case", at)
        self.fact("closed", (happened, at))


def happened(step: Step) -> datetime:
    """Return when a planned act happened."""
    return datetime.fromisoformat(step.body["occurred_at"])
