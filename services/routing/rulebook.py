"""The rulebook: clocks, calendar and organisation as versions adopted by event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from libs.calendar.clocks import ClockRule, load_clocks
from libs.calendar.tables import load_year
from libs.calendar.workdays import Calendar
from libs.events.command import Command, Stamp
from libs.events.contracts.clocks import RulebookAdopted
from libs.events.contracts.parts import Text
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New
from libs.ids import named
from libs.organisation import Organisation, load_organisation

Book = Literal["clocks", "calendar", "organisation"]


def book_id(book: Book) -> UUID:
    """Return the id of a book's stream."""
    return named("rulebook", book)


NO_CALENDAR = Calendar(())


@dataclass(frozen=True)
class Rulebook:
    """One book: the version in force and what it says."""

    version: str | None = None
    clocks: tuple[ClockRule, ...] = ()
    calendar: Calendar = NO_CALENDAR
    organisation: Organisation | None = None

    def takes_cases(self, unit: str, on: date) -> bool:
        """Say whether a unit of that code stands on that day and may own a case."""
        units = self.organisation.units_on(on) if self.organisation else ()
        return any(u.code == unit and u.kind not in OWN_NO_CASE for u in units)


OWN_NO_CASE = frozenset({"auditor", "agency", "operator"})
"""Kinds of units that look on, send in or keep the system running."""


# Folding a page of reactions reads the books again and again; their texts don't change.
@lru_cache(maxsize=32)
def _clocks(texts: tuple[str, ...]) -> tuple[ClockRule, ...]:
    return tuple(rule for text in texts for rule in load_clocks(text))


@lru_cache(maxsize=32)
def _calendar(texts: tuple[str, ...]) -> Calendar:
    return Calendar.of(load_year(text) for text in texts)


@lru_cache(maxsize=32)
def _organisation(texts: tuple[str, ...]) -> Organisation:
    return load_organisation(texts[0])


def evolve(book: Rulebook, event: Event) -> Rulebook:
    """Fold one adopted version; its text is parsed."""
    if not isinstance(event, RulebookAdopted):
        return book
    texts = tuple(event.files[name] for name in sorted(event.files))
    match event.book:
        case "clocks":
            book = replace(book, clocks=_clocks(texts))
        case "calendar":
            book = replace(book, calendar=_calendar(texts))
        case "organisation":
            book = replace(book, organisation=_organisation(texts))
    return replace(book, version=event.version)


KIND = Kind("rulebook", Rulebook(), evolve)
CLOCKS = Read(KIND, book_id("clocks"))
CALENDAR = Read(KIND, book_id("calendar"))
ORGANISATION = Read(KIND, book_id("organisation"))


class AdoptRulebook(Command):
    """Put a version of a book in force, with the day it was known."""

    model_config = ConfigDict(str_max_length=200_000)

    book: Book
    version: Text
    known_on: date
    in_force_from: date
    files: Mapping[str, str]


def adopt(command: AdoptRulebook, _stamp: Stamp, states: States) -> list[New]:
    """Adopt once: the version in force is not adopted again."""
    if states.of(KIND, book_id(command.book)).version == command.version:
        return []
    adopted = RulebookAdopted(
        book=command.book,
        version=command.version,
        known_on=command.known_on,
        in_force_from=command.in_force_from,
        files=dict(command.files),
    )
    return [New(KIND.stream(book_id(command.book)), adopted)]


RULES = (
    Rule(AdoptRulebook, lambda command: [Read(KIND, book_id(command.book))], adopt),
)
