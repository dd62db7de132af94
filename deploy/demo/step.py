"""A step of the plan: one request to a public door, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

JSON = Mapping[str, Any]
Kind = Literal[
    "registered", "claimed", "verified", "ordered", "paid", "reversed", "confirmed",
    "filed", "transferred", "answered", "found", "resolved", "concluded", "closed",
    "duplicate", "withdrawn",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One request: who asks which service for what, when, and how it is answered.

    Steps of one lane go in the order of `turn`, those of one turn side by side, and
    lanes side by side. `refused` is the code of a planned refusal. `actor` None is the
    public. `numbered` draws a number: such steps go one by one, before all lanes, and
    before them the `early` ones, while nothing else is under way. `settles`: what the
    services' timers make of it is done before the next step. A `sheet` is handed in as
    a file, with `body` as its form, and read to its end.
    """

    at: datetime
    lane: str
    turn: int
    key: str
    actor: str | None
    service: str
    path: str
    body: JSON
    if_match: int | None = None
    refused: str | None = None
    numbered: bool = False
    traced: bool = False
    early: bool = False
    settles: bool = False
    sheet: bytes | None = None


@dataclass(frozen=True)
class Fact:
    """What a successful step makes true: when it happened, and when it was entered.

    `minor` in fen. `who` tells people apart for counts of people.
    """

    kind: Kind
    case: UUID
    lane: str
    at: datetime
    entered: datetime
    who: str = ""
    minor: int = 0


@dataclass
class Book:
    """Everything planned so far; `seed` tells one load's keys from another's."""

    seed: int
    site: str
    issuer: str
    steps: list[Step] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)

    def turn(self, lane: str) -> int:
        """Return the lane's next turn."""
        self.turns[lane] = self.turns.get(lane, 0) + 1
        return self.turns[lane]

    def key(self, lane: str, turn: int, part: int = 0) -> str:
        """Return the Idempotency-Key of a step: the same in every load."""
        return f"demo-{self.seed:04d}-{lane}-{turn:04d}-{part:03d}"
