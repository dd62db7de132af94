"""Grouped: what a case of many workers has besides: its flag, parts and roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.events.views.history import rows
from services.reporting.reading.asking import statement
from services.reporting.views import consent, group, part, roster
from services.reporting.views.claim import ClaimRow
from services.reporting.views.consent import ConsentRow
from services.reporting.views.group import GroupRow
from services.reporting.views.part import PartRow
from services.reporting.views.roster import RosterRow

VIEWS = ("group_flag", "case_part", "roster_word", "claim_consent")
FLAGS = statement("SELECT * FROM {group_flag} WHERE {at} AND case_id = $2")
PARTS = statement("""
SELECT * FROM {case_part} WHERE {at} AND (case_id = $2 OR origin_case_id = $2)
ORDER BY split_at, stream""")
ROSTER = statement("""
SELECT w.* FROM {claim} c JOIN {roster_word} w ON w.claim_id = c.claim_id
WHERE {at} AND c.case_id = $2 ORDER BY c.ordinal, c.claim_id""")
CONSENTS = statement("""
SELECT w.* FROM {claim} c JOIN {claim_consent} w ON w.claim_id = c.claim_id
WHERE {at} AND c.case_id = $2 ORDER BY c.ordinal, c.claim_id""")
ORIGIN = statement("""
SELECT COALESCE(k.receipt, o.number) AS number FROM {case_part} p
LEFT JOIN {clue} k ON k.case_id = p.origin_case_id
LEFT JOIN {case_part} o ON o.case_id = p.origin_case_id
WHERE {at} AND p.case_id = $2""")


@dataclass(frozen=True)
class Grouped:
    """A case's group flag, how many workers are still owed, and its parts.

    `part`: how it was split off the case of `origin_number`; `apart`: the cases that
    were split off it; `roster`: each name that a roster gave, with the worker's word;
    `consents`: to what represented workers consent.
    """

    flag: GroupRow | None = None
    open_workers: int = 0
    part: PartRow | None = None
    origin_number: str | None = None
    apart: Sequence[PartRow] = ()
    roster: Sequence[RosterRow] = ()
    consents: Sequence[ConsentRow] = ()

    @property
    def group_case(self) -> bool:
        """Say whether it is flagged as a group case and no review lifted that."""
        return self.flag is not None and self.flag.lifted is None

    def named(self, claim_id: UUID) -> RosterRow | None:
        """Return a claim's name in the roster; None: it is the worker's own."""
        return next((one for one in self.roster if one.claim_id == claim_id), None)

    def speaks(self, person_id: UUID) -> bool:
        """Say whether a person represents the others."""
        return self.flag is not None and person_id in self.flag.speakers

    def consented(self, claim_id: UUID) -> Sequence[str]:
        """Return to what a claim's worker consents."""
        found = (one.matters for one in self.consents if one.claim_id == claim_id)
        return next(found, ())

    def words(self, word: str) -> int:
        """Return how many names have this word of their worker's."""
        return sum(one.word == word for one in self.roster)


async def grouped(
    connection: asyncpg.Connection,
    as_of: datetime | None,
    case_id: UUID,
    claims: Sequence[ClaimRow],
) -> Grouped:
    """Return it of one case, as it stands or as known then."""
    asked: tuple[Any, ...] = (as_of, case_id)
    flags = rows(group.VIEW, await connection.fetch(FLAGS.at(as_of), *asked))
    parts = rows(part.VIEW, await connection.fetch(PARTS.at(as_of), *asked))
    named = rows(roster.VIEW, await connection.fetch(ROSTER.at(as_of), *asked))
    said = rows(consent.VIEW, await connection.fetch(CONSENTS.at(as_of), *asked))
    return Grouped(
        flag=flags[0] if flags else None,
        open_workers=len({one.person_id for one in claims if _is_open(one)}),
        part=next((one for one in parts if one.case_id == case_id), None),
        origin_number=await connection.fetchval(ORIGIN.at(as_of), *asked),
        apart=[one for one in parts if one.case_id != case_id],
        roster=named,
        consents=said,
    )


def _is_open(claim: ClaimRow) -> bool:
    """Say whether something is left to pay, or it is not known how much."""
    return claim.counted and claim.unpaid != 0
