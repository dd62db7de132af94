"""Number formats of a workbook: which show dates, months only, or leading zeros."""

import re
from dataclasses import dataclass
from functools import lru_cache

from libs.sheets.archive import Archive
from libs.sheets.markup import parse

# Ids without a format code of their own (ECMA-376 §18.8.30 and its CJK tables).
_BUILT_IN_DAYS = frozenset({14, 15, 16, 22, 28, 29, 30, 31, 50, 51, 53, 54, 58})
_BUILT_IN_MONTHS = frozenset({17, 27, 36, 52, 55, 56, 57})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What a format says of the stored number, as far as its meaning goes."""

    is_date: bool = False
    month_only: bool = False
    digits: int = 0


GENERAL = NumberFormat()
_DAY = NumberFormat(is_date=True)
_MONTH = NumberFormat(is_date=True, month_only=True)


@lru_cache(maxsize=1024)
def read_format(code: str) -> NumberFormat:
    """Read a format code: `yyyy-mm-dd` a date, `mmm-yy` a month, `00000` five digits.

    Times of day alone (`h:mm`) are no dates.
    """
    first = _QUOTED.sub("", code.split(";", 1)[0]).strip().lower()
    if re.fullmatch(r"0{2,}", first):
        return NumberFormat(digits=len(first))
    if "y" not in first and "d" not in first:
        return GENERAL
    if re.search(r"[0#?]", first):
        return GENERAL
    return _DAY if "d" in first else _MONTH


def built_in(number: int) -> NumberFormat:
    """Return the format that an id without a code stands for."""
    if number in _BUILT_IN_DAYS:
        return _DAY
    return _MONTH if number in _BUILT_IN_MONTHS else GENERAL


def read_styles(archive: Archive, name: str) -> tuple[NumberFormat, ...]:
    """Return the number format of each cell style, by the style's index."""
    if name not in archive:
        return ()
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "numFmt":
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            case "cellXfs":
                inside[0] = True
            case "cellStyles" | "dxfs":
                inside[0] = False
            case "xf" if inside[0]:
                styles.append(int(attributes.get("numFmtId", "0")))
            case _:
                pass

    with archive.open(name) as part:
        parse(part, start)
    return tuple(
        read_format(codes[number]) if number in codes else built_in(number)
        for number in styles
    )
