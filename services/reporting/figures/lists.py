"""The lists behind the figures: SQL that names each counted fact and its unit.

Parameters of every list: $1 the time up to which facts are known, $2 and $3 the first
instant of the period and the first after it. Columns: event_id (what to open), case_id,
subject (what is counted once), amount (fen), at (when it happened), unit.
The unit is the case's owner when the fact occurred, or at the cut-off: each list says.
"""

# ruff: noqa: S608 -- every part of these statements is a constant of this module.

# The owner's history is asked as known at $1. A fact older than the case's first
# version (it was registered a moment before its case was opened) is the first owner's.
OWNER = """
JOIN LATERAL (
    SELECT COALESCE(h.unit, h.first_asked_unit) AS unit, h.history
    FROM case_file_history h
    WHERE h.case_id = f.case_id AND h.known_from <= $1 AND h.unit IS NOT NULL
    ORDER BY h.known_from <= {at} DESC,
             CASE WHEN h.known_from <= {at} THEN h.known_from END DESC,
             h.known_from
    LIMIT 1
) owner ON NOT owner.history"""
THEN = OWNER.format(at="f.at")
AT_CUT_OFF = OWNER.format(at="$3")

FACTS = """
(SELECT event_id, case_id, detail, workers, minor,
        COALESCE(happened_at, recorded_at) AS at
 FROM case_fact_as_known($1) WHERE kind = ANY('{{{kinds}}}')) f"""


def facts(*kinds: str, once: bool = False, where: str = "true") -> str:
    """Return the list of case facts of these kinds; `once`: a case's first only."""
    source = FACTS.format(kinds=",".join(kinds))
    distinct = "DISTINCT ON (f.case_id) " if once else ""
    order = "ORDER BY f.case_id, f.at" if once else ""
    return (
        f"SELECT {distinct}f.event_id, f.case_id, f.case_id AS subject,"
        " f.minor AS amount, f.at, owner.unit"
        f" FROM {source} {THEN} WHERE f.at < $3 AND {where} {order}"
    )


def money(kind: str, subject: str) -> str:
    """Return the list of moved money: `paid` or `confirmed`, in yuan only."""
    return f"""
SELECT f.event_id, f.case_id, f.{subject} AS subject, f.minor AS amount, f.at,
       owner.unit
FROM (SELECT event_id, case_id, person_id, payment_id, minor,
             COALESCE(happened_at, recorded_at) AS at
      FROM money_fact_as_known($1)
      WHERE kind = '{kind}' AND currency = 'CNY' AND NOT history) f {THEN}
WHERE f.at < $3"""


REGISTERED = facts("registered")
VERIFIED = facts("verified", once=True)
ARREARS = facts("verified", once=True, where="f.detail = 'arrears'")
ANSWERED = facts("answered", "unanswerable", "not_wage", once=True)
TRANSFERRED = facts("transferred")
FILED = facts("filed", once=True)
CONCLUDED = facts("concluded", once=True)
ORDERED = facts("ordered")
PAID_WORKERS = money("paid", "person_id")
CONFIRMED = money("confirmed", "person_id")

ORDERED_WORKERS = f"""
SELECT f.event_id, f.case_id, f.claim_id AS subject, f.minor AS amount, f.at, owner.unit
FROM (SELECT t.event_id, (t.data->>'case_id')::uuid AS case_id,
             (t.data->>'claim_id')::uuid AS claim_id,
             (t.data->'amount'->>'minor')::bigint AS minor,
             COALESCE(t.occurred_at, t.recorded_at) AS at
      FROM trail_as_known($1) t WHERE t.type = 'ClaimOrdered') f {THEN}
WHERE f.at < $3"""

# What each claim still misses at the cut-off: payable as known, less what was paid
# before the cut-off, also when that was entered later.
UNPAID = """
WITH paid AS (
    SELECT claim_id, SUM(minor) AS minor,
           MAX(COALESCE(happened_at, recorded_at)) AS last_at
    FROM money_fact_as_known($1)
    WHERE kind = 'paid' AND COALESCE(happened_at, recorded_at) < $3
    GROUP BY claim_id
), balance AS (
    SELECT c.case_id,
           SUM(GREATEST(0, c.payable - COALESCE(p.minor, 0)))::bigint AS unpaid,
           MAX(p.last_at) AS last_at
    FROM claim_as_known($1) c LEFT JOIN paid p USING (claim_id)
    WHERE NOT c.history AND NOT c.withdrawn AND c.payable IS NOT NULL
      AND c.currency = 'CNY'
    GROUP BY c.case_id
)"""
STANDING = """
(SELECT DISTINCT ON (case_id) event_id, case_id, kind,
        COALESCE(happened_at, recorded_at) AS at
 FROM case_fact_as_known($1)
 WHERE kind IN ('opened', 'closed', 'reopened')
   AND COALESCE(happened_at, recorded_at) < $3
 ORDER BY case_id, COALESCE(happened_at, recorded_at) DESC, recorded_at DESC)"""

RESOLVED = f"""{UNPAID}
SELECT f.event_id, f.case_id, f.case_id AS subject, 0::bigint AS amount,
       GREATEST(f.at, b.last_at) AS at, owner.unit
FROM ({ARREARS}) f JOIN balance b ON b.case_id = f.case_id AND b.unpaid = 0
{AT_CUT_OFF}"""

OPEN_UNPAID = f"""{UNPAID}
SELECT f.event_id, f.case_id, f.case_id AS subject, b.unpaid AS amount, f.at,
       owner.unit
FROM {STANDING} f JOIN balance b ON b.case_id = f.case_id AND b.unpaid > 0
{AT_CUT_OFF} WHERE f.kind <> 'closed'"""

OPEN_CASES = f"""
SELECT f.event_id, f.case_id, f.case_id AS subject, 0::bigint AS amount, f.at,
       owner.unit
FROM {STANDING} f {AT_CUT_OFF} WHERE f.kind <> 'closed'"""

OPEN_CLUES = f"""
SELECT f.event_id, f.case_id, f.case_id AS subject, 0::bigint AS amount, f.at,
       owner.unit
FROM {FACTS.format(kinds="registered")} {AT_CUT_OFF}
WHERE f.at < $3 AND NOT EXISTS (
    SELECT FROM case_fact_as_known($1) a
    WHERE a.case_id = f.case_id
      AND a.kind IN ('answered', 'unanswerable', 'not_wage')
      AND COALESCE(a.happened_at, a.recorded_at) < $3)"""

# Running and past due at the cut-off; a stop with an earlier legal date lifts it.
OVERDUE = f"""
SELECT t.event_id, f.case_id, f.deadline_id AS subject, 0::bigint AS amount,
       f.due_at AS at, owner.unit
FROM deadline_as_known($1) f
JOIN LATERAL (SELECT event_id FROM trail_as_known($1) x
              WHERE x.case_id = f.case_id AND x.stream = f.stream
              ORDER BY x.stream_version LIMIT 1) t ON true
{AT_CUT_OFF}
WHERE f.due_at <= $3 AND (f.stopped_at IS NULL OR f.stopped_at >= f.due_at)
  AND (f.stopped_at IS NULL OR f.stopped_at >= $3)"""
