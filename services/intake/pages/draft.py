"""Draft: a report as it is filled in, carried from step to step inside the form.

There is no session and no cookie: what was typed travels in hidden fields, and the
act's key is made with the first page, so that sending twice gives one receipt.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from libs.web.idempotency import KEY

STEPS = ("where", "how", "who", "contact", "check")
SENT = len(STEPS) + 1
MOST_ROWS = 20
"""More workers than this come by a roster at the window."""

OF_STEP: Mapping[str, tuple[str, ...]] = {
    "where": ("employer", "individual", "credit_code", "project", "place"),
    "how": ("mode",),
    "contact": (
        *("role", "reporter_name", "phone", "email"),
        *("notify", "told_in", "summary"),
    ),
}
OF_WORKER = ("name", "document", "number", "amount", "from", "to")
MODES = ("named", "confidential", "anonymous")


@dataclass(frozen=True)
class Draft:
    """What was typed so far, by field; empty fields are left out."""

    key: str
    typed: Mapping[str, str]
    rows: int = 1

    @classmethod
    def new(cls) -> "Draft":
        """Return an empty draft with a key of its own."""
        return cls(str(uuid4()), {})

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Draft":
        """Read a draft from a form; what is no field of it is left out."""
        said = fields.get("rows", "1")
        rows = int(said) if re.fullmatch(r"[0-9]{1,3}", said, re.ASCII) else 1
        rows = min(max(rows, 1), MOST_ROWS)
        names = {*names_of(rows)}
        typed = {
            name: value.replace("\r\n", "\n").strip()
            for name, value in fields.items()
            if name in names and value.strip()
        }
        key = fields.get("key", "")
        return cls(key if KEY.fullmatch(key) else str(uuid4()), typed, rows)

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    @property
    def mode(self) -> str:
        """Return how the report is made; anonymous until it was chosen."""
        return self["mode"] if self["mode"] in MODES else "anonymous"

    @property
    def anonymous(self) -> bool:
        return self.mode == "anonymous"

    def hidden(self, step: int) -> Iterator[tuple[str, str]]:
        """Return what a step's page carries without showing it."""
        shown = shown_at(step, self.rows)
        yield "key", self.key
        yield "rows", str(self.rows)
        for name, value in self.typed.items():
            if name not in shown:
                yield name, value

    def with_row(self) -> "Draft":
        """Return the draft with one more worker, as long as there is room."""
        return replace(self, rows=min(self.rows + 1, MOST_ROWS))

    def without_row(self, number: int) -> "Draft":
        """Return the draft without one worker; the later ones move up."""
        if not 1 <= number <= self.rows or self.rows == 1:
            return self
        typed: dict[str, str] = {}
        for name, value in self.typed.items():
            row, field = row_of(name)
            if row == number:
                continue
            typed[f"w{row - 1}_{field}" if row > number else name] = value
        return replace(self, typed=typed, rows=self.rows - 1)

    def worker(self, row: int) -> Mapping[str, str]:
        """Return what was typed of one worker."""
        return {field: self[f"w{row}_{field}"] for field in OF_WORKER}


def names_of(rows: int) -> Iterator[str]:
    """Return every field of a draft."""
    for names in OF_STEP.values():
        yield from names
    yield from worker_names(rows)


def worker_names(rows: int) -> Iterator[str]:
    """Return the fields of the workers' rows."""
    for row in range(1, rows + 1):
        for field in OF_WORKER:
            yield f"w{row}_{field}"


def shown_at(step: int, rows: int) -> frozenset[str]:
    """Return the fields that a step (1…5) shows."""
    if not 1 <= step <= len(STEPS):
        return frozenset()
    name = STEPS[step - 1]
    if name == "who":
        return frozenset(worker_names(rows))
    return frozenset(OF_STEP.get(name, ()))


def step_of(name: str, rows: int) -> int:
    """Return the step that shows a field; the last for what no step shows."""
    for step in range(1, len(STEPS)):
        if name in shown_at(step, rows):
            return step
    return len(STEPS)


def row_of(name: str) -> tuple[int, str]:
    """Return the worker's row and field of a name; row 0 for any other field."""
    found = re.fullmatch(r"w([0-9]{1,3})_([a-z]+)", name, re.ASCII)
    return (int(found[1]), found[2]) if found else (0, name)
