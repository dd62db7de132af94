"""The employer of a row: its name, whether that may be a person's, its credit code."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from libs.codes.credit_code import check_credit_code
from services.intake.profiles.layout import folded
from services.intake.profiles.profile import EmployerRule
from services.intake.profiles.reading import RowReading
from services.intake.profiles.result import EmployerRead
from services.intake.profiles.words import read_words

_WORDS = Path(__file__).with_name("employer-words.toml")
_MOST_CHARACTERS = 200


@dataclass(frozen=True)
class Language:
    """How names look in a language: a person's shape, an organisation's words."""

    person: re.Pattern[str]
    whole_words: bool
    organisation: frozenset[str]


def read_employer(row: RowReading, codes: Mapping[str, str]) -> EmployerRead | None:
    """Return the employer; a row without one is a finding and counts all the same."""
    name = (read_words(row, "employer") or "")[:_MOST_CHARACTERS]
    credit_code, check = _credit_code(row)
    if not name and credit_code is None:
        if "employer" in row.layout.places:
            row.found("employer-missing", "employer")
        return None
    individual = bool(name) and is_individual(name, row.profile.employer, codes)
    if individual:
        row.found("employer-withheld", "employer")
    return EmployerRead(name, individual, credit_code, check)


def is_individual(name: str, rule: EmployerRule, codes: Mapping[str, str]) -> bool:
    """Whether a name may be a person's, as the profile declares; fails closed."""
    match rule.individual:
        case "never":
            return False
        case "always":
            return True
        case "by_column":
            return codes.get("individual") != "no"
        case "by_name":
            return _like_a_person(name, rule)


def _like_a_person(name: str, rule: EmployerRule) -> bool:
    language = _languages()[rule.language]
    plain = folded(name)
    words = language.organisation | {folded(word) for word in rule.words}
    if language.whole_words:
        parts = set(re.findall(r"[^\W\d_]+", plain))
        if (parts | {part.removesuffix("s") for part in parts}) & words:
            return False
    elif any(word in plain for word in words):
        return False
    return language.person.fullmatch(plain) is not None


def _credit_code(
    row: RowReading,
) -> tuple[str | None, Literal["ok", "warned", "none"]]:
    words = read_words(row, "credit_code")
    if words is None:
        return None, "none"
    verdict = check_credit_code(words)
    if verdict.refused:
        row.found("credit-code-form", "credit_code")
        return None, "none"
    if not verdict.warned:
        return verdict.value, "ok"
    row.found("credit-code-check", "credit_code")
    return verdict.value, "warned"


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, Language]:
    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return {
        name: Language(
            person=re.compile(table["person"]),
            whole_words=table["whole_words"],
            organisation=frozenset(folded(word) for word in table["organisation"]),
        )
        for name, table in tables.items()
    }
