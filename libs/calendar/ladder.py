"""The ladder of a deadline as data: who is told before it ends, and after a miss.

The rungs before the end are each clock's own warning points; those after it are a
versioned ladder, of one clock or of all that have none of their own (domain F-2.4.1b).
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from libs.calendar.deadlines import Frozen
from libs.calendar.versions import latest_on

RungName = Literal["warn", "urge", "supervise", "leader", "listing"]
"""Warn 预警, urge 催办, supervise 督办, ask for a leader 包案, propose listing 挂牌."""
Addressee = Literal["duty", "office", "leader"]
"""The unit that has the duty, the leading-group office, or the case's leader."""
Days = Annotated[int, Field(ge=0, le=60)]


class Rung(Frozen):
    """A rung after the miss: fires at the end of the n-th working day after the date.

    `after` 0: with the miss itself. `to`: whom it addresses.
    """

    rung: Literal["urge", "supervise", "leader", "listing"]
    after: Days
    to: Addressee


class Ladder(Frozen):
    """One version of the ladder: of one clock, or the default of those without one.

    `warn_to`: whom the clock's own warning points address. Rungs climb: each later than
    the one before, and none twice.
    """

    clock: Annotated[str | None, Field(pattern=r"^CLK-\d{2}(-[a-z]+)?$")] = None
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    source: Literal["law", "by_analogy", "own"]
    basis: Annotated[str, Field(min_length=1, max_length=300)]
    warn_to: Addressee
    rungs: tuple[Rung, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        days = [rung.after for rung in self.rungs]
        names = {rung.rung for rung in self.rungs}
        if days != sorted(set(days)) or len(names) != len(days):
            raise ValueError("Each rung of a ladder is later than the one before.")
        return self


def ladder_of(ladders: Iterable[Ladder], clock: str, on: date) -> Ladder | None:
    """Choose a clock's newest ladder on a day: its own, else the default."""
    every = tuple(ladders)
    own = latest_on((one for one in every if one.clock == clock), on)
    return own or latest_on((one for one in every if one.clock is None), on)
