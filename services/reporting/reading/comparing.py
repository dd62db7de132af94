"""Comparing: the ledger as known at one time beside itself at another, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.service.parts import Running
from services.reporting.reading.asking import Answer, Asking, completed, reading
from services.reporting.reading.ledger import (
    MOST,
    VIEWS,
    Filters,
    Ledger,
    Place,
    chosen_by,
    page_of,
)
from services.reporting.reading.listed import AMOUNTS, Line
from services.reporting.reading.trail import Happened, happened

SHOWN = (
    "registered_at", "kind", "channel", "channel_number", "employer_name",
    "project_name", "first_asked_unit", "unit", "stage", "workers", "group_case",
    "identified", "unidentified", "currency", *AMOUNTS, "due_on", "closed_at",
)  # fmt: skip
"""The cells in which a case that stands in both ledgers may differ."""
OF_ROWS = ("registered", "came", "went", "currency")
"""Reasons that are whole rows; every other one is an event's name."""
SUMS = ("workers", *AMOUNTS)
# What is paid counts also of a claim that is not counted itself (domain §4.1, §5.4).
ALWAYS = frozenset({"paid", "confirmed"})

KNOWN_BEFORE = "SELECT case_id FROM case_file_as_known($1) WHERE case_id = ANY($2)"
EVENTS = """
SELECT * FROM trail WHERE case_id = ANY($1) AND recorded_at > $2 AND recorded_at <= $3
ORDER BY case_id, recorded_at, service, seq"""
# Every state that a claim had from the first time to the second, with the event that
# made it: a view's row has its stream's version.
STATES = """
SELECT h.stream, h.case_id, h.currency, h.counted, h.known_from, h.claimed, h.verified,
       h.ordered, h.paid, h.confirmed, h.unpaid, h.overpaid,
       COALESCE(t.type, 'other') AS type
FROM claim_history h
LEFT JOIN trail t ON t.stream = h.stream AND t.stream_version = h.version
                 AND t.service = 'enforcement'
WHERE h.known_from <= $3 AND (h.known_to IS NULL OR h.known_to > $2)
  AND h.stream IN (SELECT o.stream FROM claim_history o WHERE o.case_id = ANY($1))
ORDER BY h.stream, h.known_from"""


@dataclass(frozen=True)
class Pair:
    """Two times at which things are asked as known, the earlier one first."""

    then: datetime
    now: datetime


Sums = Mapping[str, int]
"""A change of the sums, by column; money in minor units of one currency."""


@dataclass(frozen=True)
class Reason:
    """What moved the sums: rows that came or went, or events of rows that stayed.

    `why` is `registered` (no case before), `came` (a case that fits only now), `went`,
    `currency` (its sums are another currency's), or an event's name; `number` counts
    the rows, or the events.
    """

    why: str
    currency: str
    number: int
    cases: int
    sums: Sums


@dataclass(frozen=True)
class Comparison:
    """Two ledgers of one filter: rows that came, went and changed, sums, and reasons.

    `registered` are those of `came` that were no case before; `events` are those
    recorded in between, of every row that differs.
    """

    pair: Pair
    then: Ledger
    now: Ledger
    came: Sequence[Line]
    went: Sequence[Line]
    changed: Sequence[tuple[Line, Line]]
    registered: frozenset[UUID]
    reasons: Sequence[Reason]
    events: Mapping[UUID, Sequence[Happened]]

    @property
    def differences(self) -> Mapping[str, Sums]:
        """Return by currency what the second ledger's sums have more."""
        return differences(self.then, self.now)

    @property
    def explained(self) -> bool:
        """Say whether the reasons make up the differences, to the fen."""
        return all(
            sum(one.sums[name] for one in self.reasons if one.currency == currency)
            == sums[name]
            for currency, sums in self.differences.items()
            for name in SUMS
        )


def differences(then: Ledger, now: Ledger) -> Mapping[str, Sums]:
    """Return by currency what the second ledger's sums have more than the first's."""
    found: dict[str, dict[str, int]] = {}
    for ledger, sign in ((then, -1), (now, 1)):
        for total in ledger.totals:
            if total.currency:
                sums = found.setdefault(total.currency, dict.fromkeys(SUMS, 0))
                for name in SUMS:
                    sums[name] += sign * (getattr(total, name) or 0)
    return found


async def compared(
    running: Running, asking: Asking, filters: Filters, pair: Pair
) -> Answer[Comparison | None]:
    """Return the ledger at both times; None where a time is not complete yet."""
    async with reading(running) as connection:
        of = await completed(running, connection, (*VIEWS, "trail"))
        if of.complete_up_to is None or pair.now > of.complete_up_to:
            return Answer(None, of)
        then, now = [
            await _at(connection, asking, filters, at) for at in (pair.then, pair.now)
        ]
        return Answer(await _compared(connection, pair, then, now), of)


async def _at(
    connection: asyncpg.Connection, asking: Asking, filters: Filters, at: datetime
) -> Ledger:
    asking = Asking(asking.actor, at)
    chosen = await chosen_by(connection, asking, filters, at)
    return await page_of(connection, asking, chosen, Place(limit=MOST))


async def _compared(
    connection: asyncpg.Connection, pair: Pair, then: Ledger, now: Ledger
) -> Comparison:
    before = {line.case_id: line for line in then.lines}
    after = {line.case_id: line for line in now.lines}
    came = [line for line in now.lines if line.case_id not in before]
    went = [line for line in then.lines if line.case_id not in after]
    kept = [(before[i], line) for i, line in after.items() if i in before]
    changed = [(old, new) for old, new in kept if differs(old, new)]
    newly = [line.case_id for line in came]
    known = await connection.fetch(KNOWN_BEFORE, pair.then, newly)
    registered = frozenset(newly) - {row["case_id"] for row in known}
    moved = {new.case_id: new for old, new in changed if not _exchanged(old, new)}
    states = await connection.fetch(STATES, list(moved), pair.then, pair.now)
    steps = [
        *_of_rows("registered", [x for x in came if x.case_id in registered], 1),
        *_of_rows("came", [x for x in came if x.case_id not in registered], 1),
        *_of_rows("went", went, -1),
        *_of_rows("currency", [x for x, new in changed if _exchanged(x, new)], -1),
        *_of_rows("currency", [x for old, x in changed if _exchanged(old, x)], 1),
        *_of_states(states, moved, pair.then),
    ]
    ids = [*newly, *(x.case_id for x in went), *(new.case_id for _, new in changed)]
    events = await _events(connection, ids, pair)
    return Comparison(
        pair, then, now, came, went, changed, registered, reasons(steps), events
    )


async def _events(
    connection: asyncpg.Connection, cases: Sequence[UUID], pair: Pair
) -> Mapping[UUID, Sequence[Happened]]:
    found: dict[UUID, list[Happened]] = {}
    for row in await connection.fetch(EVENTS, cases, pair.then, pair.now):
        found.setdefault(row["case_id"], []).append(happened(row))
    return found


def _exchanged(old: Line, new: Line) -> bool:
    """Say whether a row's sums are of another currency: no event moved them then."""
    return old.currency is not None and old.currency != new.currency


def differs(old: Line, new: Line) -> bool:
    """Say whether a case's row shows anything else."""
    return any(getattr(old, name) != getattr(new, name) for name in SHOWN)


@dataclass(frozen=True)
class Step:
    """One row that came or went, or one event's change of one case's sums."""

    why: str
    currency: str
    case_id: UUID
    sums: Sums


def _of_rows(why: str, lines: Sequence[Line], sign: int) -> Iterator[Step]:
    for line in lines:
        if line.currency:
            sums = {name: sign * (getattr(line, name) or 0) for name in SUMS}
            yield Step(why, line.currency, line.case_id, sums)


def _of_states(
    states: Sequence[Mapping[str, Any]], lines: Mapping[UUID, Line], then: datetime
) -> Iterator[Step]:
    """Yield what each state of a claim changed against the one before it."""
    before: Mapping[str, Any] | None = None
    for state in states:
        if before is not None and before["stream"] != state["stream"]:
            before = None
        if state["known_from"] > then:
            yield from _steps(before, state, lines)
        before = state


def _steps(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    lines: Mapping[UUID, Line],
) -> Iterator[Step]:
    # A claim that moved to another case (a part of a case) leaves one, joins the other.
    by_case: dict[UUID, dict[str, int]] = {}
    for state, sign in ((before, -1), (after, 1)):
        if state is not None and state["case_id"] in lines:
            sums = by_case.setdefault(state["case_id"], dict.fromkeys(SUMS, 0))
            for name, value in contribution(state).items():
                sums[name] += sign * value
    for case_id, sums in by_case.items():
        if any(sums.values()):
            currency = lines[case_id].currency or after["currency"]
            yield Step(after["type"], currency, case_id, sums)


def contribution(claim: Mapping[str, Any]) -> Sums:
    """Return what one claim adds to its case's line, as the ledger's SQL says."""
    counted = bool(claim["counted"])
    money = {
        name: claim[name] or 0 if counted or name in ALWAYS else 0 for name in AMOUNTS
    }
    return {"workers": int(counted), **money}


def reasons(steps: Sequence[Step]) -> Sequence[Reason]:
    """Return the steps added up, rows before events, each kind by its name."""
    kinds = sorted(
        {(one.currency, one.why) for one in steps},
        key=lambda kind: (kind[0], kind[1] not in OF_ROWS, kind[1]),
    )
    found = []
    for currency, why in kinds:
        these = [one for one in steps if (one.currency, one.why) == (currency, why)]
        sums = {name: sum(one.sums[name] for one in these) for name in SUMS}
        cases = len({one.case_id for one in these})
        found.append(Reason(why, currency, len(these), cases, sums))
    return found
