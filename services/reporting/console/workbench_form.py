"""The workbench's form: what it shows, and what it asks of intake."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.reporting.console.deed import new_key
from services.reporting.console.forms import Typed

TEXTS = ("name", "title_zh", "title_en", "sheet", "registers", "channel", "unmapped")
MORE = ("individual", "first_on", "last_on")
EMPTY_LINES = 3


@dataclass(frozen=True)
class Form:
    """What the form shows: as typed before, else as intake proposes."""

    start: Mapping[str, Any]
    typed: Typed | None = None
    key: str = field(default_factory=new_key)
    refusals: tuple[str, ...] = ()

    def one(self, name: str) -> str:
        """Return a field's text."""
        said = self.typed.one(name) if self.typed else self.start.get(name)
        return str(said or "")

    def has(self, name: str, value: str) -> bool:
        """Tell whether a box is ticked."""
        if self.typed:
            return value in self.typed.many(name)
        return value in (self.start.get(name) or ())

    def of_column(self, name: str, column: Mapping[str, Any]) -> str:
        """Return what is chosen for a column: its meaning or its unit."""
        if self.typed:
            return self.typed.one(f"{name}.{column['column']}")
        return str(column[name] or "")

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """Return the words with their codes, and some empty lines for more."""
        if self.typed:
            said = list(_word_lines(self.typed))
        else:
            said = [
                (w["word"], f"{w['meaning']}:{w['code']}") for w in self.start["words"]
            ]
        return [*said, *[("", "")] * EMPTY_LINES]


def choices_of(typed: Typed) -> dict[str, Any]:
    """Return the form as intake's choices; columns without a meaning are left out."""
    meanings = {
        name.partition(".")[2]: typed.one(name)
        for name in typed.fields
        if name.startswith("meaning.") and typed.one(name)
    }
    columns = [
        {"column": at, "meaning": said, "unit": typed.one(f"unit.{at}") or "yuan"}
        for at, said in meanings.items()
    ]
    said = {name: typed.one(name) for name in (*TEXTS, *MORE) if typed.one(name)}
    # An office may have no English title; then the Chinese one stands for both.
    said.setdefault("title_en", said.get("title_zh", ""))
    words = [
        {
            "words": word,
            "meaning": code.partition(":")[0],
            "code": code.partition(":")[2],
        }
        for word, code in _word_lines(typed)
    ]
    row = typed.one("header_row")
    return {
        **said,
        "header_row": int(row) if row.isdecimal() else 0,
        "only_this": typed.one("only_this") == "yes",
        "formats": list(typed.many("formats")),
        "key": list(typed.many("key_part")),
        "base": typed.one("base") or None,
        "columns": columns,
        "words": words,
    }


def _word_lines(typed: Typed) -> Iterator[tuple[str, str]]:
    pairs = zip(typed.many("word"), typed.many("code"), strict=False)
    return ((word, code) for word, code in pairs if word and code)
