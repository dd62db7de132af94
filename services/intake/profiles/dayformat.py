"""Dates written as text: a format in letters, read strictly."""

import re
from datetime import date
from functools import lru_cache

_TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "DD": r"(?P<day>[0-9]{2})",
    "D": r"(?P<day>[0-9]{1,2})",
}
_SPLIT = re.compile(r"(YYYY|MM|M|DD|D)")


def check_format(text: str) -> str:
    """Return the format; ValueError unless it has year, month and day once each."""
    found = sorted(part[0] for part in _SPLIT.findall(text))
    if found != ["D", "M", "Y"]:
        raise ValueError("a date format needs YYYY, MM or M, DD or D, once each")
    return text


def read_day(text: str, day_format: str) -> date | None:
    """Return the day, None if the text has another form.

    ValueError where the form fits and there is no such day (30 February).
    """
    found = _compiled(day_format).fullmatch(text)
    if found is None:
        return None
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


@lru_cache(maxsize=256)
def _compiled(day_format: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            _TOKENS.get(part) or re.escape(part) for part in _SPLIT.split(day_format)
        )
    )
