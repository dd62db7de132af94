"""Finds ID, telephone and bank numbers that someone typed into free text.

It would rather find too much: a number written with blanks or hyphens, in full-width
digits, or beside letters is found too, and an ID number with a wrong check as well.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from libs.codes.bank_card import luhn_holds
from libs.codes.citizen_id import birth_date, id_check_character

Kind = Literal["id_number", "phone", "bank_card"]

_GAP = r"[ \u00a0\u3000\u2010-\u2015.-]?"
_ID_18 = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)", re.ASCII)
_ID_15 = re.compile(r"(?<!\d)[1-6]\d{14}(?!\d)", re.ASCII)
_MOBILE = re.compile(
    rf"(?<!\d)(?:86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)", re.ASCII
)
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ -]?[2-9]\d{6,7}(?!\d)", re.ASCII)
_CARD = re.compile(
    rf"(?<!\d)(?:\d{{16,19}}|\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?)(?!\d)",
    re.ASCII,
)
_CENTURIES = range(1800, 2101)


@dataclass(frozen=True)
class Found:
    """Where a personal number stands: its kind and place, never the number itself."""

    kind: Kind
    start: int
    end: int


def find_personal(text: str) -> tuple[Found, ...]:
    """Find personal numbers in a text, by place; overlapping ones once."""
    plain = "".join(_one_digit(c) for c in text)
    found: list[Found] = []
    for candidate in _candidates(plain):
        if all(candidate.start >= f.end or candidate.end <= f.start for f in found):
            found.append(candidate)
    return tuple(sorted(found, key=lambda f: f.start))


def _candidates(text: str) -> Iterator[Found]:
    """Candidates by how sure they are; each is kept unless a surer one overlaps."""
    for kind, pattern, is_one in _SEARCHES:
        for match in _overlapping(pattern, text):
            if is_one(_bare(match.group())):
                yield Found(kind, match.start(), match.end())


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match: a house number just before an ID number must not hide it."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start() + 1)


def _is_id(number: str) -> bool:
    born = birth_date(number)
    dated = born is not None and born.year in _CENTURIES
    return dated or number[-1] == id_check_character(number[:-1])


def _is_old_id(number: str) -> bool:
    return birth_date(f"{number[:6]}19{number[6:]}") is not None


def _is_any(_number: str) -> bool:
    return True


def _bare(number: str) -> str:
    return "".join(c for c in number if c.isalnum()).upper()


def _one_digit(character: str) -> str:
    """Fold any decimal digit to ASCII, one for one, so that places stay true."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


_SEARCHES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("id_number", _ID_18, _is_id),
    ("phone", _MOBILE, _is_any),
    ("bank_card", _CARD, luhn_holds),
    ("id_number", _ID_15, _is_old_id),
    ("phone", _LANDLINE, _is_any),
)
