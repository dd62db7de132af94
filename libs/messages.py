"""Texts of messages to those who complain, and when they are sent: data with versions.

The file beside this one holds them; whoever queues a message takes the version in force
on that day, and the event cites version and digest, so that it can be read again.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from importlib.resources import files
from string import Formatter
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.calendar.local_days import SHANGHAI
from libs.calendar.versions import latest_on
from libs.events.contracts.messages import (
    MessageChannel,
    MessageLanguage,
    MessagePurpose,
)

KNOWN = frozenset({"number", "code", "unit", "employer", "address"})
"""What fills a text: receipt number, query code, office, employer, page."""
REQUIRED: Mapping[MessagePurpose, frozenset[str]] = {
    "received": frozenset({"number", "code"}),
    "moved": frozenset({"number", "unit"}),
    "replied": frozenset({"number"}),
    "paid": frozenset({"number"}),
    "urge_answered": frozenset({"number", "unit"}),
}
Words = Annotated[str, Field(min_length=1, max_length=1000)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def named_in(text: str) -> frozenset[str]:
    """Return the placeholders of a text; raises ValueError for one it cannot fill."""
    found = set[str]()
    for _, name, shape, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or shape or conversion:
            raise ValueError(f"A placeholder is a plain name in braces: {{{name}}}.")
        found.add(name)
    return frozenset(found)


class Template(_Data):
    """One version of a text, for one purpose, in one language, for these channels.

    `text` names no employer; `text_named`, if there is one, is for complaints in the
    complainant's own name against a firm.
    """

    purpose: MessagePurpose
    language: MessageLanguage
    channels: Annotated[tuple[MessageChannel, ...], Field(min_length=1)]
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    placeholders: tuple[str, ...]
    subject: Words
    text: Words
    text_named: Words | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        declared = frozenset(self.placeholders)
        texts = [text for text in (self.text, self.text_named) if text]
        used = [named_in(text) for text in texts]
        every = frozenset[str]().union(*used, named_in(self.subject))
        where = f"{self.purpose}/{self.language} version {self.version}"
        if unknown := declared - KNOWN:
            raise ValueError(f"{where}: nothing fills {sorted(unknown)}.")
        if undeclared := every - declared:
            raise ValueError(f"{where}: {sorted(undeclared)} is not declared.")
        if idle := declared - every:
            raise ValueError(f"{where}: {sorted(idle)} is declared and not used.")
        for names in used:
            if missing := REQUIRED[self.purpose] - names:
                raise ValueError(f"{where}: a text misses {sorted(missing)}.")
        if "employer" in used[0] | named_in(self.subject):
            raise ValueError(f"{where}: `text` and `subject` name no employer.")
        return self

    @property
    def sha256(self) -> str:
        """Return the digest of what is told."""
        parts = (self.subject, self.text, self.text_named or "")
        return sha256("\x1e".join(parts).encode()).hexdigest()

    def filled(self, values: Mapping[str, str], *, discreet: bool) -> tuple[str, str]:
        """Return subject and text; a discreet one never names the employer."""
        named = None if discreet or not values.get("employer") else self.text_named
        known = {name: values.get(name, "") for name in self.placeholders}
        return self.subject.format(**known), (named or self.text).format(**known)


class Delivery(_Data):
    """When messages are sent: quiet hours in Shanghai, and after how long again."""

    version: Annotated[int, Field(ge=1)]
    effective_from: date
    quiet_from: time
    quiet_to: time
    retry_minutes: Annotated[tuple[int, ...], Field(min_length=1)]

    def quiet(self, at: datetime) -> bool:
        """Say whether nobody is written to at that instant: what waits is held."""
        now = at.astimezone(SHANGHAI).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= now < self.quiet_to
        return now >= self.quiet_from or now < self.quiet_to

    def again(self, attempt: int, at: datetime, wait: timedelta) -> datetime | None:
        """Return when to try after a failed try; None: the tries are used up.

        `wait`: what the gateway itself asks for, which is never shortened.
        """
        if attempt > len(self.retry_minutes):
            return None
        usual = timedelta(minutes=self.retry_minutes[attempt - 1])
        return at + max(usual, wait)


class _File(_Data):
    delivery: Annotated[tuple[Delivery, ...], Field(min_length=1)]
    templates: Annotated[tuple[Template, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        keys = [
            (one.purpose, one.language, channel, one.version)
            for one in self.templates
            for channel in one.channels
        ]
        if len(keys) != len(set(keys)):
            raise ValueError("A template's version stands twice for a channel.")
        return self


def load(text: str) -> _File:
    """Read a file; raises `ValidationError`, `TOMLDecodeError`."""
    return _File.model_validate(tomllib.loads(text))


BOOK = load(files("libs").joinpath("messages.toml").read_text("utf-8"))
Kind = tuple[MessagePurpose, MessageLanguage, MessageChannel]


def template_on(
    kind: Kind, on: date, templates: Iterable[Template] = BOOK.templates
) -> Template | None:
    """Return the highest version of a text that has effect on a day, if any."""
    return latest_on(_of(kind, templates), on)


def template_told(kind: Kind, version: int) -> Template | None:
    """Return the version that an event cites."""
    these = (one for one in _of(kind, BOOK.templates) if one.version == version)
    return next(these, None)


def _of(kind: Kind, templates: Iterable[Template]) -> list[Template]:
    purpose, language, channel = kind
    return [
        one
        for one in templates
        if (one.purpose, one.language) == (purpose, language)
        and channel in one.channels
    ]


def delivery_on(on: date) -> Delivery:
    """Return the rules of delivery in force on a day; before the first, the first."""
    return latest_on(BOOK.delivery, on) or BOOK.delivery[0]
