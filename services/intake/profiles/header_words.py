"""What headers usually mean: the words of every profile here, and some more."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from services.intake.profiles.layout import folded
from services.intake.profiles.shelf import profile, profile_names

Unit = Literal["yuan", "wan", "fen"]

_MORE = Path(__file__).with_name("header-words.toml")
_ASIDE = re.compile(r"[(\[【].*?[)\]】]|[*:]")
_PLAIN_NUMBERS = frozenset({"序号", "no", "no.", "#"})
# A live list says what history's profiles say, and its own columns more exactly.
_FIRST = ("ledger", "orders-12345", "petitions", "clues-platform")


def meaning_of(header: str) -> str | None:
    """Return what a header usually means; None where nobody knows."""
    said = folded(header)
    known = header_words()
    return known.get(said) or known.get(_bare(said))


def is_plain_number(header: str) -> bool:
    """Tell whether a header only counts the sheet's lines (序号)."""
    return _bare(folded(header)) in _PLAIN_NUMBERS


def unit_of(text: str) -> Unit | None:
    """Return the unit of money that a header or a heading names."""
    said = folded(text)
    if "万元" in said:
        return "wan"
    if re.search(r"[(\[]分[)\]]|单位: ?分(?!\w)", said):
        return "fen"
    return "yuan" if "元" in said else None


@lru_cache(maxsize=1)
def header_words() -> Mapping[str, str]:
    """Return the meaning of every known header, folded."""
    words: dict[str, str] = {}
    others = [name for name in profile_names() if name not in _FIRST]
    for name in (*_FIRST, *others):
        for meaning, column in profile(name).columns.items():
            for header in column.headers:
                words.setdefault(folded(header), meaning)
    for meaning, headers in tomllib.loads(_MORE.read_text("utf-8")).items():
        for header in headers:
            words.setdefault(folded(header), meaning)
    return words


def _bare(said: str) -> str:
    return re.sub(r"\s+", "", _ASIDE.sub("", said))
