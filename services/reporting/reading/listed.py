"""Listed: a case as one line of a ledger or queue, with its money and next date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.reading.stage import Stage, stage_of

# Of a worker who withdrew, or whose claim counts elsewhere, only what was paid still
# counts (domain §4.1, §5.4).
SUMMED = """
       max(c.currency) AS currency,
       count(*) FILTER (WHERE c.counted) AS workers,
       (sum(c.claimed) FILTER (WHERE c.counted))::bigint AS claimed,
       (sum(c.verified) FILTER (WHERE c.counted))::bigint AS verified,
       (sum(c.ordered) FILTER (WHERE c.counted))::bigint AS ordered,
       sum(c.paid)::bigint AS paid,
       sum(c.confirmed)::bigint AS confirmed,
       (sum(c.unpaid) FILTER (WHERE c.counted))::bigint AS unpaid,
       (sum(c.overpaid) FILTER (WHERE c.counted))::bigint AS overpaid"""
MONEY = f"SELECT {SUMMED} FROM {{{{claim}}}} c WHERE c.case_id = {{case}}"  # noqa: S608
AMOUNTS = ("claimed", "verified", "ordered", "paid", "confirmed", "unpaid", "overpaid")

ROSTER = """
SELECT count(*) FILTER (WHERE w.word = 'confirmed') AS identified,
       count(*) FILTER (WHERE w.word <> 'confirmed') AS unidentified
FROM {{claim}} c JOIN {{roster_word}} w ON w.claim_id = c.claim_id
WHERE c.case_id = {case} AND c.counted"""

# A channel's clocks go on in the case that its clue's case was merged into. As a join,
# not as an alternative: else every clock that runs is read for each line.
OWN_AND_LINKED = """
SELECT {case} AS case_id UNION ALL
SELECT l.case_id FROM {{clue_link}} l WHERE l.of_case_id = {case}"""

DUE = f"""
SELECT d.clock, d.due_on, d.due_at, d.missed
FROM ({OWN_AND_LINKED}) own JOIN {{{{deadline}}}} d ON d.case_id = own.case_id
WHERE d.running AND d.paused_on IS NULL
ORDER BY d.due_at, d.clock, d.stream LIMIT 1"""  # noqa: S608 -- constants

# Who may see a case `f`: libs.visibility, in SQL; `at` says in which form it is asked.
VISIBLE = "{at} AND ($2 OR f.parties ? $3)"

# Named CTE `chosen` gives the cases and their order; this gives each its columns.
COLUMNS = f"""
SELECT chosen.*, m.currency, m.workers, m.claimed, m.verified, m.ordered, m.paid,
       m.confirmed, m.unpaid, m.overpaid, d.clock, d.due_on, d.due_at, d.missed,
       p.accepted_at, p.filed_at, p.filing_proposed_at, p.filing_declined,
       p.concluded, r.identified, r.unidentified
FROM chosen
LEFT JOIN LATERAL ({MONEY.format(case="chosen.case_id")}) m ON true
LEFT JOIN LATERAL ({DUE.format(case="chosen.case_id")}) d ON true
CROSS JOIN LATERAL ({ROSTER.format(case="chosen.case_id")}) r
LEFT JOIN {{proceeding}} p ON p.case_id = chosen.case_id"""  # noqa: S608 -- constants

# A merged case's workers are a group in the case that it went into: one flag, not two.
GROUP = """(g.case_id IS NOT NULL AND g.lifted IS NULL
        AND f.closed IS DISTINCT FROM 'merged')"""

# What `chosen` is made of: cases with their clue, their row of history, or, of a part
# of a case, the clue that it shares. A case opens when its clue is registered: by its
# own row an index has the ledger's order, and no page sorts all others.
CASES = f"""
SELECT f.case_id, f.clue_id, f.unit, f.first_asked_unit, f.channel, f.history,
       f.pending_unit, f.pending_since, f.hops, f.refusals, f.ruled, f.closed,
       f.closed_at, COALESCE(k.registered_at, f.opened_at) AS registered_at,
       COALESCE(f.opened_at, '1980-01-01Z') AS placed_at,
       COALESCE(k.receipt, i.channel_number, s.number) AS number,
       k.channel_number, k.kind, k.reference,
       COALESCE(k.employer_name, i.employer_name, o.employer_name) AS employer_name,
       COALESCE(k.project_name, o.project_name) AS project_name, k.matter,
       k.verified AS clue_verified, k.answered, i.profile, i.sheet, i.row AS sheet_row,
       i.row_id, {GROUP} AS group_case
FROM {{case_file}} f
LEFT JOIN {{clue}} k ON k.case_id = f.case_id
LEFT JOIN {{imported}} i ON k.case_id IS NULL AND i.case_id = f.case_id
LEFT JOIN {{case_part}} s ON s.case_id = f.case_id
LEFT JOIN {{clue}} o ON o.case_id = s.root_case_id
LEFT JOIN {{group_flag}} g ON g.case_id = f.case_id
WHERE {VISIBLE}"""  # noqa: S608 -- constants


@dataclass(frozen=True)
class Line:
    """One case; amounts in minor units of `currency`, None is unknown.

    `identified`, `unidentified`: names of a roster whose worker confirmed, or did not.
    """

    case_id: UUID
    clue_id: UUID
    number: str | None
    registered_at: datetime | None
    placed_at: datetime
    kind: str | None
    channel: str
    channel_number: str | None
    reference: str | None
    employer_name: str | None
    project_name: str | None
    first_asked_unit: str
    unit: str | None
    pending_unit: str | None
    pending_since: datetime | None
    hops: int
    refusals: int
    ruled: bool
    history: bool
    stage: Stage
    closed_at: datetime | None
    currency: str | None
    workers: int
    claimed: int | None
    verified: int | None
    ordered: int | None
    paid: int | None
    confirmed: int | None
    unpaid: int | None
    overpaid: int | None
    clock: str | None
    due_on: date | None
    due_at: datetime | None
    missed: bool | None
    profile: str | None
    sheet: str | None
    sheet_row: int | None
    group_case: bool
    identified: int
    unidentified: int
    row_id: UUID | None

    @property
    def mark(self) -> str:
        """Return the stream in which it began: by it a sheet of ours is known again."""
        return f"row-{self.row_id}" if self.row_id else f"clue-{self.clue_id}"


PLAIN = tuple(name for name in Line.__dataclass_fields__ if name != "stage")


def line(record: Mapping[str, Any]) -> Line:
    """Return a record of `COLUMNS` as a line."""
    said = {name: record[name] for name in PLAIN}
    return Line(**said, stage=stage_of(record))
