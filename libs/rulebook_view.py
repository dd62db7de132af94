"""Rulebooks in force: clocks, calendar and organisation, by their adopted versions."""

from dataclasses import dataclass
from datetime import date

from libs.events.contracts.clocks import RulebookAdopted
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class RulebookRow:
    """One book as adopted last; `files` are the data files' own text by name."""

    book: str
    book_version: str
    known_on: date
    in_force_from: date
    files: dict[str, str]


def evolve(row: RulebookRow | None, recorded: Recorded) -> RulebookRow | None:
    """Keep the version adopted last."""
    fact = recorded.fact()
    if not isinstance(fact, RulebookAdopted):
        return row
    return RulebookRow(
        book=fact.book,
        book_version=fact.version,
        known_on=fact.known_on,
        in_force_from=fact.in_force_from,
        files=fact.files,
    )


VIEW = View(
    name="rulebook",
    version=1,
    services=("routing",),
    row=RulebookRow,
    on=(RulebookAdopted,),
    evolve=evolve,
    indexes=(index("book", history=True),),
)
