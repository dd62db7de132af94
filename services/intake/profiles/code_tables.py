"""Tables of codes that a new profile begins with: those of the release's profiles."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.intake.profiles.shelf import released_text

_FROM = ("ledger", "orders-12345", "petitions")


@dataclass(frozen=True)
class CodeWord:
    """A code of a meaning, and the word by which it is shown and chosen."""

    meaning: str
    code: str
    word: str


def usual_table(meaning: str) -> Mapping[str, str]:
    """Return the words of a meaning and their codes; none where cells are the codes."""
    return _tables().get(meaning, {})


def is_usual(meaning: str, code: str) -> bool:
    """Tell whether a code is one of those that are chosen from."""
    return code in usual_table(meaning).values()


@lru_cache(maxsize=1)
def code_words() -> tuple[CodeWord, ...]:
    """Return every code once, by its first word."""
    first: dict[tuple[str, str], str] = {}
    for meaning, table in _tables().items():
        for word, code in table.items():
            first.setdefault((meaning, code), word)
    return tuple(CodeWord(*place, word) for place, word in first.items())


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, Mapping[str, str]] = {}
    for name in _FROM:
        said = tomllib.loads(released_text(name)).get("codes", {})
        for meaning, table in said.items():
            tables.setdefault(meaning, table)
    return tables
