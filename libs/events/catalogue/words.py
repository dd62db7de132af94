"""Words of the catalogue: what code cannot say of events, fields and versions."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from libs.events import registry

FOLDER = Path(__file__).parent
Lines = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Both:
    """One sentence in English and in Chinese."""

    en: str
    zh: str

    def to(self, language: str) -> str:
        """Return the sentence in a language: `en`, else Chinese."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class FieldWords:
    """What a field means, and the unit of a number."""

    meaning: Both
    unit: str | None = None


@dataclass(frozen=True)
class Change:
    """What a version above the first changed, and when it was first said."""

    on: str
    what: Both


class Wordless(LookupError):
    """An event, a field or a version without a word in the catalogue."""


def stream_of(name: str) -> str:
    """Return the name of the streams that hold an event; raises Wordless."""
    return _event(name)[0]


def chinese_of(name: str) -> str:
    """Return what an event means, in Chinese; raises Wordless."""
    return _event(name)[1]


def words_of(owner: str, name: str) -> FieldWords:
    """Return what a field of an event or part means; raises Wordless."""
    special = _read("fields-of.toml")["fields"].get(f"{owner}.{name}")
    found = special or _read("fields.toml")["fields"].get(name)
    if found is None:
        raise Wordless(f"{owner}.{name} has no words in fields.toml")
    en, zh, *unit = found
    return FieldWords(Both(en, zh), unit[0] if unit else None)


def change_of(name: str, version: int) -> Change:
    """Return what a version above the first changed; raises Wordless."""
    found = _read("events.toml")["changes"].get(f"{name}.v{version}")
    if found is None:
        raise Wordless(f"{name}.v{version} has no words under [changes]")
    on, en, zh = found
    return Change(on, Both(en, zh))


def _event(name: str) -> Sequence[str]:
    found = _read("events.toml")[registry.service_of(name)].get(name)
    if found is None:
        raise Wordless(f"{name} has no words in events.toml")
    return found


@cache
def _read(name: str) -> Mapping[str, Lines]:
    read: Mapping[str, Lines] = tomllib.loads((FOLDER / name).read_text("utf-8"))
    return read
