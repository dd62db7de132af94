"""A view and a register over a small vocabulary of their own, for the tests of both."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from random import Random
from typing import Literal
from uuid import UUID, uuid5

from libs.events.event import Event, Recorded
from libs.events.views.testing import NAMES, Told, told
from libs.events.views.view import Register, View, index
from libs.money import Money


class BoxOpened(Event, name="TestBoxOpened"):
    """A box was opened in a unit."""

    box_id: UUID
    unit: str
    due_on: date | None = None


class CoinsAdded(Event, name="TestCoinsAdded"):
    """Coins went in."""

    amount: Money
    by: tuple[str, ...] = ()
    at: datetime | None = None


class CoinsCorrected(Event, name="TestCoinsCorrected"):
    """An amount was wrong."""

    old: Money
    new: Money


class BoxMoved(Event, name="TestBoxMoved"):
    """The box went to another unit."""

    unit: str


class BoxBurnt(Event, name="TestBoxBurnt"):
    """The box is gone."""


class BoxPainted(Event, name="TestBoxPainted"):
    """A fact that the sample view does not hear."""


class State(StrEnum):
    """How full a box is."""

    EMPTY = "empty"
    FULL = "full"


@dataclass(frozen=True)
class Box:
    """A box as the sample view shows it."""

    box_id: UUID
    unit: str
    due_on: date | None
    held: Money | None
    coins: int
    state: State
    mood: Literal["calm", "moved"]
    by: tuple[str, ...]
    last_at: datetime | None
    known: bool = True


def evolve(row: Box | None, event: Recorded) -> Box | None:
    """Fold one event of a box."""
    match row, event.fact():
        case None, BoxOpened() as opened:
            box = opened.box_id, opened.unit, opened.due_on
            return Box(*box, None, 0, State.EMPTY, "calm", (), None)
        case Box(), CoinsAdded() as added:
            return replace(
                row,
                held=added.amount if row.held is None else row.held + added.amount,
                coins=row.coins + 1,
                state=State.FULL,
                by=tuple(sorted({*row.by, *added.by})),
                last_at=added.at or event.recorded_at,
            )
        case Box(), BoxMoved() as moved:
            return replace(row, unit=moved.unit, mood="moved")
        case _, BoxBurnt():
            return None
        case _:
            return row


BOXES = View(
    name="boxes",
    version=1,
    services=("test",),
    row=Box,
    on=(BoxOpened, CoinsAdded, BoxMoved, BoxBurnt),
    evolve=evolve,
    indexes=(index("unit", history=True), index("due_on"), index("by", gin=True)),
)


@dataclass(frozen=True)
class Coin:
    """A movement of money."""

    kind: Literal["in", "reversal"]
    amount: Money


def coins(event: Recorded) -> list[Coin]:
    """Return the movements that one event stands for."""
    match event.fact():
        case CoinsAdded() as added:
            return [Coin("in", added.amount)]
        case CoinsCorrected() as wrong:
            back = Money(minor=-wrong.old.minor, currency=wrong.old.currency)
            return [Coin("reversal", back), Coin("in", wrong.new)]
        case _:
            return []


COINS = Register(
    name="coins",
    version=1,
    services=("test",),
    row=Coin,
    on=(CoinsAdded, CoinsCorrected),
    facts=coins,
    indexes=(index("recorded_at"),),
)


def yuan(amount: int) -> Money:
    """Return whole yuan."""
    return Money(minor=amount * 100, currency="CNY")


def box(number: int) -> UUID:
    """Return the id of a numbered box."""
    return uuid5(NAMES, f"box {number}")


def campaign(random: Random, events: int, boxes: int) -> list[Told]:
    """Return a random history of boxes: opened, filled, moved, burnt, opened again."""
    stories = []
    for _ in range(events):
        number = random.randrange(boxes)
        stories.append(told(f"box-{box(number)}", _any_event(random, number)))
    return stories


def _any_event(random: Random, number: int) -> Event:
    opened = BoxOpened(box_id=box(number), unit=random.choice("ABC"))
    added = CoinsAdded(
        amount=yuan(random.randrange(900)),
        by=tuple(random.choices(["wang", "李", "𠮷"], k=2)),
        at=random.choice([None, datetime(2023, 12, 1, 8, tzinfo=UTC)]),
    )
    corrected = CoinsCorrected(old=yuan(2), new=yuan(random.randrange(9)))
    events = [opened, opened, added, added, added, BoxMoved(unit="D"), BoxBurnt()]
    return random.choice([*events, corrected, BoxPainted()])
