"""The rulebook: clocks, calendar and organisation as versions adopted by event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from libs.calendar.clocks import ClockRule, load_clocks, load_ladders
from libs.calendar.ladder import Ladder
from libs.calendar.local_days import day_of
from libs.calendar.tables import YearTable, load_year, year_text
from libs.calendar.workdays import Calendar
from libs.events.command import Command, Stamp
from libs.events.contracts.clocks import RulebookAdopted
from libs.events.contracts.parts import Text
from libs.events.decider import Kind, Read, Rejected, Rule, States
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
    """One book: the version in force, its files' text and what they say."""

    version: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    clocks: tuple[ClockRule, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    calendar: Calendar = NO_CALENDAR
    organisation: Organisation | None = None

    def takes_cases(self, unit: str, on: date) -> bool:
        """Say whether a unit of that code stands on that day and may own a case."""
        units = self.organisation.units_on(on) if self.organisation else ()
        return any(u.code == unit and u.kind not in OWN_NO_CASE for u in units)

    def office(self, on: date) -> str | None:
        """Return the code of the leading-group office on that day."""
        units = self.organisation.units_on(on) if self.organisation else ()
        return next((u.code for u in units if u.kind == "leading_group"), None)


OWN_NO_CASE = frozenset({"auditor", "agency", "operator"})
"""Kinds of units that look on, send in or keep the system running."""


# Folding a page of reactions reads the books again and again; their texts don't change.
@lru_cache(maxsize=32)
def _clocks(texts: tuple[str, ...]) -> tuple[ClockRule, ...]:
    return tuple(rule for text in texts for rule in load_clocks(text))


@lru_cache(maxsize=32)
def _ladders(texts: tuple[str, ...]) -> tuple[Ladder, ...]:
    return tuple(ladder for text in texts for ladder in load_ladders(text))


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
            book = replace(book, clocks=_clocks(texts), ladders=_ladders(texts))
        case "calendar":
            book = replace(book, calendar=_calendar(texts))
        case "organisation":
            book = replace(book, organisation=_organisation(texts))
    return replace(book, version=event.version, files=event.files)


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


class AmendCalendar(Command):
    """Put a year's holiday notice in force: a new year, or a new version of one."""

    notice: YearTable


def digest(files: Mapping[str, str]) -> str:
    """Return what tells one set of files from another: the version of a book."""
    joined = "\x1e".join(f"{name}\x1f{files[name]}" for name in sorted(files))
    return sha256(joined.encode()).hexdigest()


def adopt(command: AdoptRulebook, _stamp: Stamp, states: States) -> list[New]:
    """Adopt once: the version in force is not adopted again."""
    held = states.of(KIND, book_id(command.book))
    files = dict(command.files)
    if command.book == "calendar":
        files |= _amended_since(held, files)
    if held.version == command.version or held.files == files:
        return []
    return [_adopted(command.model_copy(update={"files": files}))]


def _amended_since(held: Rulebook, files: Mapping[str, str]) -> dict[str, str]:
    """Return the notices in force that files know nothing of, or nothing newer of.

    Raises Rejected when files say something else by a version that is in force.
    """
    kept = {}
    for name, text in held.files.items():
        ours, theirs = load_year(text), load_year(files.get(name, text))
        if ours.version == theirs.version and ours != theirs:
            raise Rejected(
                "notice-version-reused",
                f"{ours.year} 年的放假安排改了内容，却没有更高的版本号：{name}",
            )
        # The same notice in other words of a file (a comment) is no new one.
        if ours.version >= theirs.version:
            kept[name] = text
    return kept


def amend(command: AmendCalendar, stamp: Stamp, states: States) -> list[New]:
    """Adopt the calendar with this notice; what runs is then counted by it."""
    notice = command.notice
    held = states.of(KIND, CALENDAR.subject)
    before = {one.year: one.version for one in held.calendar.in_force}
    if notice.version <= before.get(notice.year, 0):
        raise Rejected(
            "notice-not-newer",
            f"{notice.year} 年现行的是第 {before[notice.year]} 版，请用更高的版本号。",
        )
    today = day_of(stamp.at)
    if notice.known_on > today:
        raise Rejected("notice-not-known-yet", "通知的印发日期不能晚于今天。")
    files = {**held.files, f"{notice.year}.toml": year_text(notice)}
    adopting = AdoptRulebook(
        book="calendar",
        version=digest(files)[:16],
        known_on=notice.known_on,
        in_force_from=today,
        files=files,
    )
    return [_adopted(adopting)]


def _adopted(command: AdoptRulebook) -> New:
    adopted = RulebookAdopted(
        book=command.book,
        version=command.version,
        known_on=command.known_on,
        in_force_from=command.in_force_from,
        files=dict(command.files),
    )
    return New(KIND.stream(book_id(command.book)), adopted)


RULES = (
    Rule(AdoptRulebook, lambda command: [Read(KIND, book_id(command.book))], adopt),
    Rule(AmendCalendar, lambda _: [CALENDAR], amend),
)
