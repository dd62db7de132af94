"""What became of one row of a sheet: its outcome, its facts and its findings."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from libs.codes import find_personal
from libs.money import Money
from libs.sheets.cell import Cell, CellKind
from services.intake.profiles.findings import CATALOGUE, FindingKind, Severity

_SHOWN_CHARACTERS = 24
# No sheet has an amount of ten thousand million; a telephone has eleven digits.
_LONG_DIGITS = re.compile(r"(?<![.\d])\d{11}")


class Outcome(StrEnum):
    """The four ends of a row."""

    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    DUPLICATE = "DUPLICATE"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One finding at its coordinates; `value` is masked, never the cell's words."""

    sheet: str
    row: int
    column: str
    header: str
    code: str
    value: str = ""

    @property
    def kind(self) -> FindingKind:
        """Severity and sentences of the code."""
        return CATALOGUE[self.code]

    def to_json(self) -> dict[str, object]:
        """Return the finding as plain JSON, sentences included."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "header": self.header,
            "code": self.code,
            "severity": self.kind.severity.value,
            "message": {"zh": self.kind.zh, "en": self.kind.en},
            "value_masked": self.value,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """A date and how exactly the sheet shows it."""

    on: date
    precision: Literal["day", "month"] = "day"


@dataclass(frozen=True, slots=True)
class EmployerRead:
    """An employer as the sheet names it; an individual's name must not travel."""

    name: str = field(repr=False)
    individual: bool
    credit_code: str | None = None
    code_check: Literal["ok", "warned", "none"] = "none"


@dataclass(frozen=True, slots=True)
class Fields:
    """The typed facts of a row, by meaning; what could not be read is absent.

    `filled` names every meaning whose cell held anything, readable or not. `private`
    holds names, numbers of persons and remarks: for the vault, never for an event.
    """

    kind: str
    channel_number: str
    employer: EmployerRead | None
    workers: int | None
    closed: bool
    amounts: Mapping[str, Money]
    days: Mapping[str, Day]
    codes: Mapping[str, str]
    notes: tuple[str, ...]
    filled: frozenset[str]
    private: Mapping[str, str] = field(repr=False)

    @property
    def payment(self) -> Money | None:
        """What was paid; None where nothing was read or zero was: no payment."""
        paid = self.amounts.get("paid")
        return paid if paid is not None and paid.minor > 0 else None


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row's end.

    `key_digest` is the same for the same claim in every file of the profile,
    `fingerprint` for the same content. `first` is where a duplicate stood before.
    """

    outcome: Outcome
    sheet: str
    row: int
    key_digest: str = ""
    fingerprint: str = ""
    fields: Fields | None = None
    findings: tuple[CellFinding, ...] = ()
    first: tuple[str, int] | None = None

    @property
    def severity(self) -> Severity | None:
        """The gravest finding's severity, None where there is none."""
        order = list(Severity)
        found = [finding.kind.severity for finding in self.findings]
        return max(found, key=order.index, default=None)


def masked(cell: Cell) -> str:
    """Mask a cell for a report: numbers and days stay, of words only the shape.

    Letters become x, other scripts 某, digits 9; signs stay: `$253,24` is `$999,99`. A
    number that may be somebody's telephone, document or card is hidden as words are.
    """
    plain = cell.kind in (
        CellKind.NUMBER, CellKind.DATE, CellKind.BOOL, CellKind.ERROR,
    )  # fmt: skip
    if plain and not (_LONG_DIGITS.search(cell.text) or find_personal(cell.text)):
        return cell.text[:_SHOWN_CHARACTERS]
    return shape(cell.text)


def shape(text: str) -> str:
    """Return the shape of a text, cut where it is long; never its words."""
    whole = "".join(_shape(character) for character in text)
    cut = whole[:_SHOWN_CHARACTERS]
    return cut + "…" if len(whole) > _SHOWN_CHARACTERS else cut


def _shape(character: str) -> str:
    if character.isascii() and character.isalpha():
        return "x"
    match unicodedata.category(character)[0]:
        case "L" | "M":
            return "某"
        case "N":
            return "9"
        case "C":
            return "·"
        case _:
            return character
