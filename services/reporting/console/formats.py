"""Formats: amounts, days and instants as officers read them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import orjson
from markupsafe import Markup, escape

from libs.calendar.local_days import SHANGHAI
from libs.money import DECIMALS, format_minor
from services.reporting.figures.ratios import Rate

UNKNOWN = "—"
PERSON_SHOWN = 6


def amount(minor: int | None, currency: str | None = "CNY") -> str:
    """Return minor units as a decimal; unknown as a dash, never as zero."""
    if minor is None:
        return UNKNOWN
    if currency not in DECIMALS:
        return str(minor)
    return format_minor(minor, currency)


def local(at: datetime) -> datetime:
    """Return an instant in Shanghai's time."""
    return at.astimezone(SHANGHAI)


def when(at: datetime | None, *, seconds: bool = False) -> Markup | str:
    """Return an instant to the minute, in Shanghai's time."""
    if at is None:
        return UNKNOWN
    shown = local(at).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}">{}</time>').format(local(at).isoformat(), shown)


def typed(at: datetime) -> str:
    """Return an instant as a field for date and time takes it."""
    return local(at).strftime("%Y-%m-%dT%H:%M")


def precise(at: datetime | None) -> Markup | str:
    """Return an instant to the second."""
    return when(at, seconds=True)


def instant(said: str | None) -> Markup | str:
    """Return an instant that a service's answer says in ISO 8601."""
    return when(datetime.fromisoformat(said)) if said else UNKNOWN


def day(on: date | datetime | None) -> Markup | str:
    """Return a day; of an instant the day in Shanghai."""
    if on is None:
        return UNKNOWN
    shown = (local(on).date() if isinstance(on, datetime) else on).isoformat()
    return Markup('<time datetime="{0}">{0}</time>').format(shown)


def pretty(said: Mapping[str, object]) -> str:
    """Return JSON as people read it."""
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def mask(person: UUID | str) -> str:
    """Return what stands for a person where no name is shown."""
    return f"···{str(person)[-PERSON_SHOWN:]}"


def figure(value: int | None, measure: str = "items") -> str:
    """Return an indicator's value: fen as yuan, counts with thousands."""
    if value is None:
        return UNKNOWN
    return format_minor(value) if measure == "fen" else f"{value:,}"


def rate(found: Rate | None, kind: str) -> str:
    """Return a ratio's value with its sign; where there is none, a dash."""
    if found is None or found.value is None:
        return UNKNOWN
    return f"{found.value}%" if kind == "percent" else found.value


def lines(text: str) -> Markup:
    """Return a text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


FILTERS = {
    "amount": amount,
    "when": when,
    "typed": typed,
    "precise": precise,
    "day": day,
    "instant": instant,
    "mask": mask,
    "figure": figure,
    "rate": rate,
    "lines": lines,
    "pretty": pretty,
}
