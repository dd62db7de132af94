"""Hops: the way each case went, from its channel over its units to its end.

A case's way has a place in each column: its channel, the unit asked first (首问单位),
the unit after each hop but the last, the unit that leads now, and how it ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.reading.asking import statement
from services.reporting.reading.trail import happened

MOVES = (
    "CaseAssigned", "CaseAdopted", "CaseTransferred", "TransferRefused",
    "OwnershipRuled",
)  # fmt: skip
EVENTS = statement("""
SELECT * FROM {trail} t WHERE {at} AND t.case_id = ANY($2) AND t.type = ANY($3)
ORDER BY t.case_id, t.recorded_at, t.service, t.seq""")
OPEN = "open"
NOBODY = "none"
THROUGH = (
    r"[a-z]+(?:-[0-9]+)?:[A-Za-z0-9_-]+"
    r"(?:>[a-z]+(?:-[0-9]+)?:[A-Za-z0-9_-]+:[a-z]+)?"
)
"""How an address names a place or a strand."""


@dataclass(frozen=True, order=True)
class Place:
    """A column, and what stands in it: a channel, a unit, or an end."""

    column: str
    code: str

    def __str__(self) -> str:
        return f"{self.column}:{self.code}"


@dataclass(frozen=True, order=True)
class Strand:
    """A step from one place to the next; `kind` says how.

    `kept` without a hop, `moved` to another unit, `ruled` by the leading-group office,
    `bounced`: refused, or back at a unit that held it before; `came` and `ended` are
    the first and last steps.
    """

    start: Place
    end: Place
    kind: str

    def __str__(self) -> str:
        return f"{self.start}>{self.end}:{self.kind}"


@dataclass(frozen=True)
class Way:
    """One case's places, in order, and the strands between them."""

    places: tuple[Place, ...]
    strands: tuple[Strand, ...]

    def goes(self, through: str) -> bool:
        """Say whether it goes through a place or a strand, as an address names it."""
        return through in {str(one) for one in (*self.places, *self.strands)}


async def ways_of(
    connection: asyncpg.Connection,
    as_of: datetime | None,
    cases: Sequence[Mapping[str, Any]],
) -> Mapping[UUID, Way]:
    """Return the way of each case; a row has its ids, channel, units and end."""
    ids = [case["case_id"] for case in cases]
    rows = await connection.fetch(EVENTS.at(as_of), as_of, ids, list(MOVES))
    events: dict[UUID, list[tuple[str, Mapping[str, Any]]]] = {}
    for row in rows:
        events.setdefault(row["case_id"], []).append((row["type"], happened(row).said))
    return {
        case["case_id"]: way_of(case, events.get(case["case_id"], ())) for case in cases
    }


def way_of(
    case: Mapping[str, Any], events: Sequence[tuple[str, Mapping[str, Any]]]
) -> Way:
    """Return the way of one case from what was said of its owner, in order."""
    first = case["first_asked_unit"]
    steps = list(_steps(first, case["unit"] or NOBODY, events))
    *between, (_, lead) = steps or [("kept", first)]
    units = [Place(f"hop-{n}", unit) for n, (_, unit) in enumerate(between, 1)]
    places = (
        Place("channel", case["channel"]),
        Place("first", first),
        *units,
        Place("lead", lead),
        Place("outcome", case["closed"] or OPEN),
    )
    kinds = ("came", *(kind for kind, _ in steps or [("kept", first)]), "ended")
    strands = tuple(
        Strand(start, end, kind)
        for (start, end), kind in zip(pairwise(places), kinds, strict=True)
    )
    return Way(places, strands)


def _steps(
    first: str, lead: str, events: Sequence[tuple[str, Mapping[str, Any]]]
) -> Iterator[tuple[str, str]]:
    """Yield how each hop came about, and who holds the case after it."""
    held, before = first, {first}
    for type_, said in events:
        unit = said.get("to_unit") or said.get("unit") or held
        match type_:
            case "TransferRefused":
                yield "bounced", held
                continue
            case "OwnershipRuled":
                yield "ruled", unit
            case "CaseTransferred":
                yield ("bounced" if unit in before else "moved"), unit
            case _:
                # Assigned, or adopted from a sheet: no hop where it stays.
                if unit != held:
                    yield "moved", unit
        held = unit
        before.add(unit)
    if held != lead:
        yield "moved", lead
