"""Answer sheets: what was answered, in the columns that each platform takes back.

The columns are data (`answer_sheets.toml`); personal data has no value here to name.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from libs.organisation import Organisation, UnknownUnit
from services.reporting.console.sheets import sheets
from services.reporting.console.words import Words, words
from services.reporting.reading.channels import ItemLine

FILE = Path(__file__).with_name("answer_sheets.toml")


@dataclass(frozen=True)
class Naming:
    """What a cell needs beside its line: the platform's words, and units' names."""

    organisation: Organisation | None

    @property
    def words(self) -> Words:
        """Return the words that every platform reads: Chinese."""
        return words("zh")

    def unit(self, code: str | None) -> str | None:
        """Return a unit's Chinese name, or its code where nobody knows it."""
        if code is None or self.organisation is None:
            return code
        try:
            return self.organisation.unit(code).name_zh
        except UnknownUnit:
            return code


Value = Callable[[Naming, ItemLine], Any]


def _plain(name: str) -> Value:
    return lambda _, line: getattr(line, name)


def _word(name: str, kind: str) -> Value:
    return lambda naming, line: (
        naming.words.of(kind, code) if (code := getattr(line, name)) else None
    )


def _conclusion(naming: Naming, line: ItemLine) -> str | None:
    """Return the coded end in words: an answer's, or why nobody could be answered."""
    if line.conclusion is None:
        return None
    kinds = ("choice.conclusion", "choice.reason", "choice.matter")
    known = (one for one in kinds if naming.words.knows(f"{one}.{line.conclusion}"))
    return naming.words.of(next(known, kinds[0]), line.conclusion)


VALUES: Mapping[str, Value] = {
    "number": _plain("number"),
    "received_on": _plain("received_on"),
    "accepted_at": _plain("accepted_at"),
    "noticed_at": _plain("noticed_at"),
    "opinion_at": _plain("opinion_at"),
    "answered_at": _plain("answered_at"),
    "employer": _plain("employer_name"),
    "urgings": _plain("urgings"),
    "redispatched": _plain("redispatched"),
    "people": _plain("people"),
    "unit": lambda naming, line: naming.unit(line.unit),
    "order_kind": _word("order_kind", "choice.order_kind"),
    "petition_form": _word("petition_form", "choice.petition_form"),
    "outcome": _word("outcome", "choice.outcome"),
    "opinion": _word("opinion", "choice.opinion"),
    "answer_form": _word("answer_form", "choice.form"),
    "conclusion": _conclusion,
}


@dataclass(frozen=True)
class Layout:
    """One platform's sheet: its name and its headings with their values."""

    sheet: str
    columns: tuple[tuple[str, str], ...]


@cache
def layouts() -> Mapping[str, Layout]:
    """Return every channel's layout; raises ValueError for a value nobody gives."""
    said = tomllib.loads(FILE.read_text("utf-8"))
    return {name: layout(one) for name, one in said.items()}


def layout(said: Mapping[str, Any]) -> Layout:
    """Read one layout; raises ValueError for a value that does not exist."""
    columns = tuple((str(head), str(value)) for head, value in said["columns"])
    foreign = [value for _, value in columns if value not in VALUES]
    if foreign:
        raise ValueError(f"An answer sheet has no value {foreign[0]!r}.")
    return Layout(said["sheet"], columns)


def answer_sheet(channel: str, lines: Sequence[ItemLine], naming: Naming) -> bytes:
    """Return the workbook of a channel's answered items, in its platform's columns."""
    said = layouts()[channel]
    answered = [line for line in lines if line.answered_at is not None]
    values = [VALUES[value] for _, value in said.columns]
    cells = [[value(naming, line) for value in values] for line in answered]
    return sheets((said.sheet, [head for head, _ in said.columns], cells))
