"""Risk grades: the list of employers, its trend, one employer, and the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from libs.events.views.history import rows, timeline
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.views.risk import RULES, VIEW, RiskRow, RiskRulesRow

VIEWS = ("risk", "risk_change", "clue", "case_file", "claim")
GRADES = ("red", "orange", "yellow", "green")
SHOWN = 300
MOST = 100_000
WEEKS = 12
# Who sees a case of an employer sees its grade.
SEEN = """($2 OR EXISTS (
  SELECT FROM {{case_file}} f WHERE f.employer_id = {of}.employer_id
    AND f.parties ? $3))"""
NAME = """
COALESCE(
  (SELECT k.employer_name FROM {clue} k WHERE k.employer_id = r.employer_id
   ORDER BY k.registered_at DESC NULLS LAST, k.clue_id LIMIT 1),
  (SELECT c.employer_name FROM {claim} c WHERE c.employer_id = r.employer_id
   ORDER BY c.opened_at DESC NULLS LAST, c.claim_id LIMIT 1))"""
RANK = "array_position(ARRAY['green','yellow','orange','red'], {})"
LISTED = statement(f"""
SELECT r.*, {NAME} AS employer_name,
  (SELECT count(*) FROM {{case_file}} f WHERE f.employer_id = r.employer_id
     AND f.closed IS NULL AND NOT f.history AND ($2 OR f.parties ? $3)) AS open_cases
FROM {{risk}} r
WHERE {{at}} AND {SEEN.format(of="r")} AND ($4::text IS NULL OR r.grade = $4)
  AND ($5::text IS NULL OR ($5 = 'overridden' AND r.override_reason IS NOT NULL)
    OR ($5 = 'risen' AND {RANK.format("r.grade")} > {RANK.format("r.before")})
    OR ($5 = 'fallen' AND {RANK.format("r.grade")} < {RANK.format("r.before")}))
ORDER BY {RANK.format("r.grade")} DESC, r.score DESC, r.stream LIMIT $6""")  # noqa: S608 -- constants
COUNTED = statement(f"""
SELECT r.grade, count(*) AS employers FROM {{risk}} r
WHERE {{at}} AND {SEEN.format(of="r")} GROUP BY r.grade ORDER BY r.grade""")  # noqa: S608 -- constants
TREND = statement(f"""
SELECT date_trunc('week', c.occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS week,
  count(*) FILTER (WHERE c.before IS NULL) AS graded,
  count(*) FILTER (WHERE {RANK.format("c.grade")} > {RANK.format("c.before")}) AS risen,
  count(*) FILTER (WHERE {RANK.format("c.grade")} < {RANK.format("c.before")}) AS fallen
FROM {{risk_change}} c WHERE {{at}} AND {SEEN.format(of="c")}
GROUP BY week ORDER BY week DESC LIMIT {WEEKS}""")  # noqa: S608 -- constants
CASES = statement("""
SELECT f.case_id, COALESCE(k.receipt, k.channel_number) AS number, k.employer_name,
       f.unit, f.closed
FROM {case_file} f LEFT JOIN {clue} k ON k.case_id = f.case_id
WHERE {at} AND f.employer_id = $4 AND ($2 OR f.parties ? $3)
ORDER BY f.closed IS NOT NULL, f.opened_at DESC NULLS LAST, f.case_id LIMIT 100""")
ONE = statement("SELECT * FROM {risk} r WHERE {at} AND r.employer_id = $2")
IN_FORCE = statement("SELECT * FROM {risk_rules} WHERE {at} ORDER BY stream LIMIT 1")


class Filters(BaseModel):
    """What the list shows: one grade, and of these what moved or was overridden."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    grade: Literal["red", "orange", "yellow", "green"] | None = None
    show: Literal["risen", "fallen", "overridden"] | None = None


@dataclass(frozen=True)
class RiskLine:
    """One employer of the list; no name: an individual. `open_cases`: those seen."""

    employer_name: str | None
    open_cases: int
    row: RiskRow


@dataclass(frozen=True)
class Moved:
    """A week, by its Monday: how many grades were given, rose and fell."""

    week: date
    graded: int
    risen: int
    fallen: int


@dataclass(frozen=True)
class Risks:
    """The list by filter; `counts` and `trend` are of all that the asker may see."""

    lines: Sequence[RiskLine]
    counts: dict[str, int]
    trend: Sequence[Moved]


@dataclass(frozen=True)
class OfCase:
    """One case of an employer."""

    case_id: UUID
    number: str | None
    unit: str | None
    closed: str | None


@dataclass(frozen=True)
class EmployerRisk:
    """One employer: its grade, how it came, and the cases that the asker may see.

    `row` None: nobody has graded it. `history`: every version, the latest first.
    """

    employer_id: UUID
    employer_name: str | None
    row: RiskRow | None
    history: Sequence[RiskRow]
    cases: Sequence[OfCase]


async def risks(
    running: Running, asking: Asking, filters: Filters, limit: int = SHOWN
) -> Answer[Risks]:
    """Return the employers that were graded, the gravest first."""
    at, who = asking.as_of, (asking.as_of, asking.sees_all, asking.actor.unit)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        chosen = (*who, filters.grade, filters.show, limit)
        listed = await connection.fetch(LISTED.at(at), *chosen)
        counted = await connection.fetch(COUNTED.at(at), *who)
        trend = await connection.fetch(TREND.at(at), *who)
    held = {one["grade"]: one["employers"] for one in counted}
    counts = {grade: held.get(grade, 0) for grade in GRADES}
    return Answer(Risks(_lines(listed), counts, [Moved(**one) for one in trend]), of)


def _lines(found: Sequence[asyncpg.Record]) -> list[RiskLine]:
    return [
        RiskLine(one["employer_name"], one["open_cases"], row)
        for row, one in zip(rows(VIEW, found), found, strict=True)
    ]


async def employer_risk(
    running: Running, asking: Asking, employer_id: UUID
) -> Answer[EmployerRisk] | None:
    """Return an employer's risk; None where the asker sees none of its cases."""
    who = (asking.as_of, asking.sees_all, asking.actor.unit, employer_id)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        cases = await connection.fetch(CASES.at(asking.as_of), *who)
        if not cases:
            return None
        row = await grade_of(connection, asking, employer_id)
        stream = f"risk-{employer_id}"
        versions = await timeline(connection, VIEW, stream)
    past = asking.as_of
    history = [
        one.row
        for one in reversed(versions)
        if one.row is not None and (past is None or one.known_from <= past)
    ]
    names = (one["employer_name"] for one in cases if one["employer_name"])
    seen = [
        OfCase(one["case_id"], one["number"], one["unit"], one["closed"])
        for one in cases
    ]
    found = EmployerRisk(employer_id, next(names, None), row, history, seen)
    return Answer(found, of)


async def grade_of(
    connection: asyncpg.Connection | asyncpg.Pool, asking: Asking, employer_id: UUID
) -> RiskRow | None:
    """Return an employer's grade as it stands or was known; None without one."""
    at = asking.as_of
    found = rows(VIEW, await connection.fetch(ONE.at(at), at, employer_id))
    return found[0] if found else None


async def risk_rules(running: Running, asking: Asking) -> Answer[RiskRulesRow]:
    """Return the rules in force and the draft, as they stand or were known."""
    async with reading(running) as connection:
        of = await completed(running, connection, ("risk_rules",))
        at = asking.as_of
        held = rows(RULES, await connection.fetch(IN_FORCE.at(at), at))
    return Answer(held[0] if held else RiskRulesRow(), of)
