"""People and employers of the demonstration: none of them can exist."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from libs.codes.citizen_id import id_check_character
from libs.codes.credit_code import ALPHABET, credit_check_character

PLACE = "310199"
"""The code of no place."""
ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
TEN = 10

JSON = dict[str, Any]


@dataclass(frozen=True)
class Employer:
    """One employer of the table."""

    key: str
    name: str
    industry: str
    credit_code: str | None
    individual: bool

    def said(self) -> JSON:
        """Return the employer as a form says it."""
        said: JSON = {"name": self.name, "industry": self.industry}
        if self.credit_code is not None:
            said["credit_code"] = self.credit_code
        return said | ({"individual": True} if self.individual else {})


@cache
def employers() -> dict[str, Employer]:
    """Return the employers E01–E20."""
    text = (Path(__file__).parent / "employers.toml").read_text("utf-8")
    return {key: _employer(key, row) for key, row in tomllib.loads(text).items()}


def _employer(key: str, row: JSON) -> Employer:
    individual = row.get("individual", False)
    code = None
    if not individual and not row.get("no_code", False):
        code = credit_code(int(key[1:]), wrong=row.get("wrong_check", False))
    return Employer(key, row["name"], row["industry"], code, individual)


def credit_code(number: int, *, wrong: bool = False) -> str:
    """Return the code of an employer that cannot exist: 310199, MADEM and a number."""
    body = f"MADEM{number:03d}"
    first = f"91{PLACE}{body}{_organ_check(body)}"
    check = credit_check_character(first)
    if wrong:
        check = ALPHABET[(ALPHABET.index(check) + 1) % len(ALPHABET)]
    return first + check


def _organ_check(body: str) -> str:
    """Return the check character of an organisation code (GB 11714)."""
    values = [int(c) if c.isdigit() else ord(c) - ord("A") + TEN for c in body]
    rest = sum(v * w for v, w in zip(values, ORGAN_WEIGHTS, strict=True)) % 11
    check = (11 - rest) % 11
    return "X" if check == TEN else str(check)


def worker_name(number: int) -> str:
    """Return the name of a worker that cannot exist."""
    return f"演示工{number:03d}"


def worker_id(number: int) -> str:
    """Return an ID number of somebody born in the 1890s, with its right check."""
    year = 1890 + number % 10
    month, day = 1 + number % 12, 1 + number % 28
    first = f"{PLACE}{year}{month:02d}{day:02d}{number % 1000:03d}"
    return first + id_check_character(first)
