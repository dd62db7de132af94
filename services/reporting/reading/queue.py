"""Queues: what waits for one's unit today, and the transfers under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.ledger import VIEWS
from services.reporting.reading.listed import CASES, COLUMNS, GROUP, Line, line

# Filters over `CASES`; $3 is the asker's unit.
MINE = "f.unit = $3 AND f.closed IS NULL AND NOT f.history"
AWAITING = "f.pending_unit = $3 AND f.closed IS NULL"
SENT = "f.unit = $3 AND f.pending_unit IS NOT NULL AND f.closed IS NULL"
# What the unit handed over, to be watched: it reads on, and acts on it no more.
WATCHED = """f.unit <> $3 AND f.closed IS NULL AND EXISTS (SELECT FROM {dossier} h
  WHERE h.case_id = f.case_id AND h.watchers ? $3)"""
UNDER_WAY = "f.pending_unit IS NOT NULL AND f.closed IS NULL"
# After one refusal or two hops only a ruling moves a case on (XF 24).
TO_RULE = """f.closed IS NULL AND NOT f.ruled AND NOT f.history
  AND (f.refusals > 0 OR f.hops >= 2)"""
PROPOSED = """f.closed IS NULL AND EXISTS (SELECT FROM {proceeding} p
  WHERE p.case_id = f.case_id AND p.filing_proposed_at IS NOT NULL
  AND p.filed_at IS NULL AND p.filing_declined IS NULL)"""
TO_ORDER = """f.closed IS NULL AND EXISTS (SELECT FROM {proceeding} p
  WHERE p.case_id = f.case_id AND p.filed_at IS NOT NULL AND p.concluded IS NULL
  AND jsonb_array_length(p.orders) = 0) AND EXISTS (SELECT FROM {claim} c
  WHERE c.case_id = f.case_id AND c.unpaid > 0 AND c.counted)"""
TO_SERVE = """f.closed IS NULL AND EXISTS (SELECT FROM {proceeding} p
  WHERE p.case_id = f.case_id
  AND jsonb_path_exists(p.orders, '$[*] ? (@.served_on == null)'))"""
TO_CONFIRM = """f.closed IS NULL AND NOT f.history AND EXISTS (
  SELECT FROM {claim} c WHERE c.case_id = f.case_id AND c.paid > c.confirmed)"""
TO_ADOPT = "f.history AND f.closed IS NULL"
DISPUTED = """f.unit = $3 AND f.closed IS NULL AND EXISTS (
  SELECT FROM {claim} c WHERE c.case_id = f.case_id AND c.counted
  AND c.payments @> '[{{"state": "disputed"}}]')"""
URGED = """f.unit = $3 AND f.closed IS NULL AND EXISTS (
  SELECT FROM {channel_item} i WHERE i.case_id = f.case_id AND i.urged > 0)"""
AGAIN = """f.unit = $3 AND f.closed IS NULL AND EXISTS (
  SELECT FROM {channel_item} i WHERE i.case_id = f.case_id
  AND i.redispatched > 0 AND i.answered_at IS NULL)"""
NAMED = """f.closed IS NULL AND EXISTS (
  SELECT FROM {{claim}} c JOIN {{roster_word}} w ON w.claim_id = c.claim_id
  WHERE c.case_id = f.case_id AND c.counted AND {word})"""
TO_IDENTIFY = NAMED.format(word="w.word = 'unconfirmed'")
# To be verified: the worker says that it is not true, and nobody has looked yet.
DISCLAIMED = "f.unit = $3 AND " + NAMED.format(
    word="w.word = 'disclaimed' AND c.verified IS NULL"
)
GROUPS = f"f.closed IS NULL AND {GROUP}"
OWN_GROUPS = f"f.unit = $3 AND {GROUPS}"

TAIL = """
WITH chosen AS ({cases} AND {filter})
{columns} ORDER BY d.due_at NULLS LAST, placed_at, chosen.case_id LIMIT 200"""


def _queue(where: str) -> str:
    return TAIL.format(cases=CASES, filter=where, columns=COLUMNS)


QUEUES = {
    "mine": statement(_queue(MINE)),
    "awaiting": statement(_queue(AWAITING)),
    "sent": statement(_queue(SENT)),
    "watched": statement(_queue(WATCHED)),
    "under-way": statement(_queue(UNDER_WAY)),
    "to-rule": statement(_queue(TO_RULE)),
    "proposed": statement(_queue(PROPOSED)),
    "to-order": statement(_queue(TO_ORDER)),
    "to-serve": statement(_queue(TO_SERVE)),
    "to-confirm": statement(_queue(TO_CONFIRM)),
    "to-adopt": statement(_queue(TO_ADOPT)),
    "disputed": statement(_queue(DISPUTED)),
    "urged": statement(_queue(URGED)),
    "again": statement(_queue(AGAIN)),
    "to-identify": statement(_queue(TO_IDENTIFY)),
    "disclaimed": statement(_queue(DISCLAIMED)),
    "group": statement(_queue(OWN_GROUPS)),
    "group-all": statement(_queue(GROUPS)),
}
NAMED_CASES = statement(_queue("f.case_id = ANY($4)"))
OF_ROLE: Mapping[str, tuple[str, ...]] = {
    "centre": ("to-confirm", "to-identify"),
    "petition": ("to-confirm", "to-identify"),
    "leading-group": ("to-rule", "group-all"),
    "brigade": ("proposed", "to-serve"),
    "hrss-head": ("to-order",),
}
"""What waits for a role beyond its unit's own cases."""
FINDINGS = ("urged", "again", "disputed", "disclaimed", "group", "to-adopt")
"""What is shown on any unit's morning, when there is some."""


@dataclass(frozen=True)
class Today:
    """An officer's morning: overdue first, then by deadline."""

    overdue: Sequence[Line]
    mine: Sequence[Line]
    awaiting: Sequence[Line]
    also: Mapping[str, Sequence[Line]]


async def today(running: Running, asking: Asking) -> Answer[Today]:
    """Return what waits for the asker's unit and role."""
    of_role = OF_ROLE.get(asking.actor.role, ())
    names = ("mine", "awaiting", *of_role, *FINDINGS)
    answer = await queues(running, asking, names)
    found = answer.found
    now = running.last_now
    late = [one for one in found["mine"] if one.due_at and one.due_at <= now]
    calm = [one for one in found["mine"] if one not in late]
    also = {name: found[name] for name in names[2:] if name in of_role or found[name]}
    return Answer(Today(late, calm, found["awaiting"], also), answer.of)


async def lines_of(
    running: Running, asking: Asking, cases: Sequence[UUID]
) -> Mapping[UUID, Line]:
    """Return the lines of those of the cases that the asker may see."""
    async with reading(running) as connection:
        rows = await connection.fetch(
            NAMED_CASES.at(asking.as_of),
            asking.as_of,
            asking.sees_all,
            asking.actor.unit,
            list(cases),
        )
    return {row["case_id"]: line(row) for row in rows}


async def queues(
    running: Running, asking: Asking, names: Sequence[str]
) -> Answer[Mapping[str, Sequence[Line]]]:
    """Return the named queues, each by deadline."""
    async with reading(running) as connection:
        of = await completed(running, connection, (*VIEWS, "channel_item", "dossier"))
        found = {}
        for name in names:
            rows = await connection.fetch(
                QUEUES[name].at(asking.as_of),
                asking.as_of,
                asking.sees_all,
                asking.actor.unit,
            )
            found[name] = [line(row) for row in rows]
    return Answer(found, of)
