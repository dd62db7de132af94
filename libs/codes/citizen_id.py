"""Citizen identity number 公民身份号码 (GB 11643-1999)."""

import re
from datetime import date

from libs.codes.findings import Finding, Verdict, tidy

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"

_SHAPE = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)

_BAD_SHAPE = Finding(
    "id-number-shape",
    "error",
    "居民身份证号码为18位：17位数字加1位数字或X；其他证件请改选证件类型。",
    "A citizen ID number has 18 characters: 17 digits and a digit or X; for another"
    " document choose its type.",
)
_BAD_DATE = Finding(
    "id-number-birth-date",
    "error",
    "身份证号码第7至14位不是真实的出生日期；请核对。",
    "Characters 7 to 14 of the ID number are no real date of birth; check them.",
)
_BAD_CHECK = Finding(
    "id-number-check",
    "error",
    "身份证号码的校验位不符；请逐位核对。",
    "The check character of the ID number does not fit; check each digit.",
)


def check_citizen_id(text: str, today: date) -> Verdict:
    """Check shape, real birth date (not after `today`) and check character: errors."""
    value = tidy(text)
    if _SHAPE.fullmatch(value) is None:
        return Verdict(value, (_BAD_SHAPE,))
    born = birth_date(value)
    if born is None or born > today:
        return Verdict(value, (_BAD_DATE,))
    if value[-1] != id_check_character(value[:-1]):
        return Verdict(value, (_BAD_CHECK,))
    return Verdict(value)


def birth_date(number: str) -> date | None:
    """Read the date in characters 7 to 14; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_check_character(first_17: str) -> str:
    """Compute the 18th character by ISO 7064 MOD 11-2."""
    digits = [int(c) for c in first_17]
    return CHECKS[sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
