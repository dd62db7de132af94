"""An employer's facts for its grade, and who is graded again when one changes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from libs import ids
from libs.acts import Asked
from libs.events.command import Stamp
from libs.events.contracts.risk import RiskFact
from libs.events.event import Source
from libs.events.perform import Streams
from libs.events.reactions import system_actor
from libs.service.parts import Running
from libs.visibility import sees
from libs.web.problems import Problem
from services.routing import risk, risk_rules, rulebook, scope
from services.routing.risk import AssessRisk
from services.routing.risk_sources import VIEW

A_YEAR = timedelta(days=365)
PAGE = 200
GRADED = "SELECT employer_id FROM risk_source WHERE kind = 'graded' ORDER BY stream"
CASES = """
SELECT case_id FROM risk_source WHERE kind = 'case' AND employer_id = $1
ORDER BY case_id"""
# Whom a signal names is matched by the name that complaints give, or by the clue that
# it became; of a kind of which nobody sent one, the count is unknown. Sums are yuan; a
# claim in another currency has an unknown sum.
FACTS = """
WITH asked AS (SELECT unnest($1::uuid[]) AS employer_id),
standing AS (
  SELECT c.employer_id, c.person_id, c.months, c.owed - c.paid AS unpaid
  FROM risk_source c JOIN asked a ON a.employer_id = c.employer_id
  JOIN risk_source f ON f.kind = 'case' AND f.case_id = c.case_id
    AND f.counts AND f.ended IS NULL
  WHERE c.kind = 'claim' AND c.counts AND (c.owed IS NULL OR c.owed > c.paid)),
signals AS (
  SELECT a.employer_id, s.signal, s.counts
  FROM asked a JOIN risk_source s ON s.kind = 'signal' AND EXISTS (
    SELECT FROM risk_source n WHERE n.kind = 'name' AND n.employer_id = a.employer_id
      AND (n.name_key = s.name_key OR n.clue_id = s.clue_id)))
SELECT a.employer_id,
  (SELECT count(DISTINCT s.person_id) FROM standing s
   WHERE s.employer_id = a.employer_id) AS workers,
  (SELECT CASE count(*) WHEN 0 THEN 0 ELSE max(s.months) END FROM standing s
   WHERE s.employer_id = a.employer_id) AS months,
  (SELECT CASE count(*) WHEN 0 THEN 0 ELSE div(sum(s.unpaid), 100)::bigint END
   FROM standing s WHERE s.employer_id = a.employer_id) AS unpaid,
  (SELECT count(*) FROM risk_source c WHERE c.kind = 'case' AND c.counts AND NOT c.part
     AND c.employer_id = a.employer_id AND c.at >= $2
     AND (c.ended IS NULL OR c.ended NOT IN ('merged', 'not_wage'))) AS cases,
  (SELECT count(*) FROM risk_source c WHERE c.kind = 'case'
     AND c.employer_id = a.employer_id AND c.ended IN ('paid', 'settled')
  ) AS prior_cases,
  (SELECT COALESCE(sum(jsonb_array_length(o.expired)), 0)::bigint FROM risk_source c
   JOIN risk_source o ON o.kind = 'orders' AND o.case_id = c.case_id
   WHERE c.kind = 'case' AND c.employer_id = a.employer_id) AS orders_expired,
  (SELECT CASE count(*) WHEN 0 THEN NULL ELSE count(*) FILTER (WHERE s.counts) END
   FROM signals s WHERE s.employer_id = a.employer_id
     AND s.signal IN ('wages_unpaid', 'account_short', 'payroll_missing')
  ) AS pay_signals,
  (SELECT CASE count(*) WHEN 0 THEN NULL ELSE count(*) FILTER (WHERE s.counts) END
   FROM signals s WHERE s.employer_id = a.employer_id AND s.signal = 'funding_short'
  ) AS funding_signals,
  (SELECT count(*) FROM risk_source w WHERE w.kind = 'warning' AND w.counts
     AND w.employer_id = a.employer_id) AS warnings
FROM asked a ORDER BY a.employer_id"""

NAMES: tuple[RiskFact, ...] = (
    "workers", "months", "unpaid", "cases", "prior_cases", "orders_expired",
    "pay_signals", "funding_signals", "warnings",
)  # fmt: skip
"""The columns that FACTS gives."""
Told = Mapping[RiskFact, int | None]


async def facts(
    running: Running, employers: Collection[UUID], now: datetime
) -> Mapping[UUID, Told]:
    """Return what routing knows of each employer; None: nobody sent that fact."""
    rows = await running.pool.fetch(FACTS, list(employers), now - A_YEAR)
    return {row["employer_id"]: {name: row[name] for name in NAMES} for row in rows}


async def gathered(running: Running, asked: Asked) -> Mapping[str, Any]:
    """Return an employer's facts for who asks; 404 where he sees none of its cases."""
    employer: UUID = asked.path["employer_id"]
    rows = await running.pool.fetch(CASES, employer)
    cases = [row["case_id"] for row in rows]
    parties = await scope.parties(running.desk.log.journal, cases)
    actor = asked.caller.actor
    if not any(sees(actor, units) for units in parties.values()):
        raise Problem("not-found")
    as_of = await _complete(running)
    told = await facts(running, [employer], await running.now())
    return {"facts": told[employer], "as_of": as_of, "by_unit": actor.unit}


async def _complete(running: Running) -> datetime | None:
    return await running.watermarks.completeness(
        running.pool, {VIEW.table: VIEW.services}
    )


async def assess_again(running: Running) -> int:
    """Grade again who was graded once and of whom a fact changed; return how many.

    Behind the watermark, or not at all: a grade rests on facts that have all come.
    """
    rows = await running.pool.fetch(GRADED)
    employers = [row["employer_id"] for row in rows]
    as_of = await _complete(running) if employers else None
    if as_of is None:
        return 0
    done = 0
    for first in range(0, len(employers), PAGE):
        done += await _page(running, employers[first : first + PAGE], as_of)
    return done


async def _page(running: Running, employers: list[UUID], as_of: datetime) -> int:
    now = await running.now()
    told = await facts(running, employers, now)
    names = [risk.KIND.stream(one) for one in employers]
    books = [risk_rules.READ.stream, rulebook.CALENDAR.stream]
    journal = running.desk.log.journal
    streams = Streams(await journal.read_streams([*names, *books]))
    rule, done = running.desk.rules[AssessRisk], 0
    for employer in employers:
        command = AssessRisk(
            employer_id=employer, facts=told[employer], as_of=as_of, by_unit=risk.SYSTEM
        )
        states = streams.fold(rule.reads(command))
        stamp = _stamp(employer, states.versions[risk.KIND.stream(employer)], now)
        if rule.decide(command, stamp, states):
            done += bool((await running.desk.do(command, stamp)).events)
    return done


def _stamp(employer: UUID, version: int, now: datetime) -> Stamp:
    command_id = ids.named("risk-assessment", employer, version)
    return Stamp(
        command_id=command_id,
        request_hmac=sha256(command_id.bytes).digest(),
        actor=system_actor("routing"),
        at=now,
        source=Source.TIMER,
    )
