"""The ledger's statements: which cases fit, in what order, and what they add up to.

$1 is the time asked as known, $2 and $3 who may see, $4 to $18 the filters in their
order. A page begins behind a mark, on an index: it costs the same wherever it lies.
"""

from services.reporting.reading.asking import statement
from services.reporting.reading.listed import CASES, COLUMNS, SUMMED, VISIBLE

# Conditions on the case's own row: the totals need no other table's columns then.
FITS = """
      ($4::text IS NULL OR f.unit = $4)
  AND ($5::text IS NULL OR (f.closed IS NULL) = ($5 = 'open'))
  AND ($6::text IS NULL OR f.channel = $6)
  AND ($7::text IS NULL OR f.case_id IN (SELECT case_id FROM {clue} WHERE kind = $7))
  AND ($8::text IS NULL OR f.case_id IN (
      SELECT case_id FROM {clue} WHERE employer_name ILIKE '%' || $8 || '%'
      UNION ALL
      SELECT case_id FROM {imported} WHERE employer_name ILIKE '%' || $8 || '%'
      UNION ALL
      SELECT s.case_id FROM {case_part} s JOIN {clue} o ON o.case_id = s.root_case_id
      WHERE o.employer_name ILIKE '%' || $8 || '%'))
  AND ($9::text IS NULL OR f.case_id = ANY(ARRAY(
      SELECT case_id FROM {clue}
      WHERE receipt = $9 OR channel_number = $9 OR reference = $9
      UNION ALL SELECT case_id FROM {imported} WHERE channel_number = $9
      UNION ALL SELECT case_id FROM {case_part} WHERE number = $9)))
  AND ($10::timestamptz IS NULL OR f.opened_at >= $10)
  AND ($11::timestamptz IS NULL OR f.opened_at < $11)
  AND (NOT $12 OR EXISTS (SELECT FROM {claim} u WHERE u.case_id = f.case_id
                          AND u.unpaid > 0 AND u.counted))
  AND (NOT $13 OR EXISTS (SELECT FROM {deadline} o WHERE o.case_id = f.case_id
                          AND o.running AND o.paused_on IS NULL
                          AND o.due_at <= $14))
  AND ($15::text = 'all' OR f.history = ($15 = 'history'))
  AND ($16::text IS NULL OR f.case_id IN (
      SELECT case_id FROM {imported} WHERE profile = $16))
  AND (NOT $17 OR (f.closed IS DISTINCT FROM 'merged' AND f.case_id IN (
      SELECT case_id FROM {group_flag} WHERE lifted IS NULL)))
  AND ($18::uuid[] IS NULL OR f.case_id = ANY($18))"""
WAYS = statement(f"""
SELECT f.case_id, f.channel, f.first_asked_unit, f.unit, f.closed
FROM {{case_file}} f WHERE {VISIBLE} AND {FITS}
ORDER BY f.opened_at NULLS FIRST, f.case_id""")  # noqa: S608 -- constants
PAGE = statement(f"""
WITH chosen AS ({CASES} AND {FITS} AND f.opened_at IS NOT NULL
  AND ($19::timestamptz IS NULL OR (f.opened_at, f.case_id) < ($19, $20::uuid))
  ORDER BY f.opened_at DESC, f.case_id DESC LIMIT $21)
{COLUMNS} ORDER BY placed_at DESC, chosen.case_id DESC""")
# History may tell no date: it stands behind all that has one.
UNDATED = statement(f"""
WITH chosen AS ({CASES} AND {FITS} AND f.opened_at IS NULL
  AND ($19::uuid IS NULL OR f.case_id < $19) ORDER BY f.case_id DESC LIMIT $20)
{COLUMNS} ORDER BY chosen.case_id DESC""")
TOTALS = statement(f"""
WITH cases AS (SELECT f.case_id FROM {{case_file}} f
               WHERE {VISIBLE} AND {FITS}),
sums AS (SELECT c.case_id, {SUMMED} FROM {{claim}} c
         WHERE c.case_id IN (SELECT case_id FROM cases) GROUP BY c.case_id)
SELECT m.currency, count(*) AS cases, COALESCE(sum(m.workers), 0)::bigint AS workers,
       sum(m.claimed)::bigint AS claimed, sum(m.verified)::bigint AS verified,
       sum(m.ordered)::bigint AS ordered, sum(m.paid)::bigint AS paid,
       sum(m.confirmed)::bigint AS confirmed, sum(m.unpaid)::bigint AS unpaid,
       sum(m.overpaid)::bigint AS overpaid
FROM cases LEFT JOIN sums m USING (case_id)
GROUP BY m.currency ORDER BY m.currency NULLS LAST""")  # noqa: S608 -- constants
