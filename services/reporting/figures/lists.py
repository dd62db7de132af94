"""The lists behind the figures: SQL that names each counted fact and its unit.

Parameters of every list: $1 the time up to which facts are known, $2 and $3 the first
instant of the period and the first after it. Columns: event_id (what to open), case_id,
subject (what is counted once), amount (fen), at (when it happened), unit.
The unit is the case's owner when the fact occurred, or at the cut-off: each list says.
"""

# ruff: noqa: S608 -- every part of these statements is a constant of this module.

# The owner's history is asked as known at $1, all of it at once: case by case it would
# be most of a figure's time. A fact older than the case's first version (it was
# registered a moment before its case was opened) is the first owner's.
OWNER = """
JOIN (
    SELECT case_id, COALESCE(unit, first_asked_unit) AS unit, history,
           CASE WHEN row_number() OVER turn > 1 THEN known_from
                ELSE '-infinity' END AS since,
           lead(known_from, 1, 'infinity') OVER turn AS until
    FROM case_file_history WHERE known_from <= $1 AND unit IS NOT NULL
    WINDOW turn AS (PARTITION BY case_id ORDER BY known_from, version)
) owner ON owner.case_id = f.case_id AND NOT owner.history
       AND owner.since <= {at} AND {at} < owner.until"""
THEN = OWNER.format(at="f.at")
AT_CUT_OFF = OWNER.format(at="$3")

FACTS = """
(SELECT event_id, case_id, detail, workers, minor,
        COALESCE(happened_at, recorded_at) AS at
 FROM case_fact_as_known($1) WHERE kind = ANY('{{{kinds}}}')) f"""


def facts(*kinds: str, where: str = "true") -> str:
    """Return the list of case facts of these kinds, each counted by itself."""
    source = FACTS.format(kinds=",".join(kinds))
    return f"""
SELECT f.event_id, f.case_id, f.event_id AS subject, f.minor AS amount, f.at, owner.unit
FROM {source} {THEN} WHERE f.at < $3 AND {where}"""


def first(*kinds: str, where: str = "true") -> str:
    """Return the list of cases that have a fact of these kinds, by its first."""
    source = FACTS.format(kinds=",".join(kinds))
    return f"""
SELECT DISTINCT ON (f.case_id) f.event_id, f.case_id, f.case_id AS subject,
       f.minor AS amount, f.at, owner.unit
FROM {source} {THEN} WHERE f.at < $3 AND {where} ORDER BY f.case_id, f.at"""


# Which fact a case is about at the cut-off: linked clues are about the one that counts.
FACT_OF = """
LEFT JOIN (
    SELECT DISTINCT ON (case_id) case_id, kind, detail FROM case_fact_as_known($1)
    WHERE kind IN ('linked', 'unlinked') AND COALESCE(happened_at, recorded_at) < $3
    ORDER BY case_id, COALESCE(happened_at, recorded_at) DESC, recorded_at DESC
) link ON link.case_id = f.case_id
CROSS JOIN LATERAL (
    SELECT CASE link.kind WHEN 'linked' THEN link.detail::uuid ELSE f.case_id END AS id
) same"""


def once(*kinds: str, where: str = "true") -> str:
    """Return the list of facts told, by any clue about them (S07…S10): each once."""
    source = FACTS.format(kinds=",".join(kinds))
    return f"""
SELECT DISTINCT ON (same.id) f.event_id, f.case_id, same.id AS subject,
       f.minor AS amount, f.at, owner.unit
FROM {source} {FACT_OF} {THEN} WHERE f.at < $3 AND {where} ORDER BY same.id, f.at"""


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


REGISTERED = first("registered")
DISTINCT = once("registered")
VERIFIED = once("verified")
# A finding that was revised counts as it was revised, from its first day.
FOUND = """
f.detail = 'arrears' AND f.case_id IN (
    SELECT case_id FROM (
        SELECT DISTINCT ON (case_id) case_id, detail FROM case_fact_as_known($1)
        WHERE kind = 'verified' ORDER BY case_id, recorded_at DESC) latest
    WHERE detail = 'arrears')"""
ARREARS = once("verified", where=FOUND)
ANSWERED = first("answered", "unanswerable", "not_wage")
TRANSFERRED = facts("transferred")
# The proposal that a receipt answers is the one that was pending just before it.
TRANSFER_MINUTES = f"""
SELECT f.event_id, f.case_id, f.event_id AS subject,
       (EXTRACT(EPOCH FROM f.at - asked.since) / 60)::bigint AS amount, f.at, owner.unit
FROM (SELECT event_id, case_id, recorded_at, COALESCE(happened_at, recorded_at) AS at
      FROM case_fact_as_known($1) WHERE kind = 'transferred') f
JOIN LATERAL (
    SELECT h.pending_since AS since FROM case_file_history h
    WHERE h.case_id = f.case_id AND h.known_from < f.recorded_at
    ORDER BY h.known_from DESC LIMIT 1
) asked ON asked.since IS NOT NULL {THEN}
WHERE f.at < $3"""
# What a case had when it moved, and what was handed in or told once more after that.
MOVED_BEFORE = """
EXISTS (SELECT FROM trail_as_known($1) h
        WHERE h.type = 'DossierHandedOver' AND h.case_id = {case}
          AND h.data->>'from_unit' <> h.data->>'to_unit'
          AND h.recorded_at < {again} AND {had})"""
HAD_PIECE = """h.data->'items' @>
    jsonb_build_array(jsonb_build_object('sha256', a.data->>'sha256'))"""
REPEATED = f"""
SELECT f.event_id, f.case_id, f.event_id AS subject, 0::bigint AS amount, f.at,
       owner.unit
FROM (
    SELECT a.event_id, a.case_id, COALESCE(a.occurred_at, a.recorded_at) AS at
    FROM trail_as_known($1) a
    WHERE a.type = 'EvidenceHandedInAgain' AND {
    MOVED_BEFORE.format(case="a.case_id", again="a.recorded_at", had=HAD_PIECE)
}
    UNION ALL
    SELECT r.event_id, r.case_id, COALESCE(r.happened_at, r.recorded_at) AS at
    FROM trail_as_known($1) l
    JOIN case_fact_as_known($1) r ON r.case_id = l.case_id AND r.kind = 'registered'
    WHERE l.type = 'ClueLinkedAsDuplicate'
      AND jsonb_array_length(l.data->'claims') > 0
      AND NOT EXISTS (SELECT FROM trail_as_known($1) u
                      WHERE u.type = 'ClueUnlinked' AND u.stream = l.stream
                        AND u.recorded_at > l.recorded_at)
      AND {
    MOVED_BEFORE.format(
        case="(l.data->>'of_case_id')::uuid", again="r.recorded_at", had="true"
    )
}) f {THEN}
WHERE f.at < $3"""
FILED = first("filed")
CONCLUDED = first("concluded")
ORDERED = facts("ordered")
PAID_WORKERS = money("paid", "person_id")
CONFIRMED = money("confirmed", "person_id")

ORDERED_WORKERS = f"""
SELECT f.event_id, f.case_id, f.claim_id AS subject, f.minor AS amount, f.at, owner.unit
FROM (SELECT event_id, case_id, claim_id, minor,
             COALESCE(happened_at, recorded_at) AS at
      FROM money_fact_as_known($1) WHERE kind = 'ordered') f {THEN}
WHERE f.at < $3"""

# What each claim still misses at the cut-off: payable by what happened before it, less
# what was paid before it, also when either was entered later. An order stands before
# what was verified; a claim given up, or counted in another one's stead, misses
# nothing, and one that moved misses in the case that it was in then. What an imported
# row says was paid counts too: who lists an adopted case has it, and leaves out those
# that are history.
UNPAID = """
WITH moved AS (
    SELECT claim_id, case_id, kind, minor, recorded_at FROM money_fact_as_known($1)
    WHERE COALESCE(happened_at, recorded_at) < $3 AND currency = 'CNY'
), payable AS (
    SELECT DISTINCT ON (claim_id) claim_id, case_id, minor FROM moved
    WHERE kind IN ('verified', 'ordered')
    ORDER BY claim_id, kind = 'ordered' DESC, recorded_at DESC
), paid AS (
    SELECT claim_id, SUM(minor) AS minor FROM moved WHERE kind = 'paid'
    GROUP BY claim_id
), placed AS (
    SELECT DISTINCT ON (claim_id) claim_id, case_id FROM moved WHERE kind = 'moved'
    ORDER BY claim_id, recorded_at DESC
), twice AS (
    SELECT claim_id FROM (
        SELECT DISTINCT ON (claim_id) claim_id, kind FROM moved
        WHERE kind IN ('duplicate', 'counted') ORDER BY claim_id, recorded_at DESC
    ) latest WHERE kind = 'duplicate'
), missing AS (
    SELECT p.claim_id, COALESCE(placed.case_id, p.case_id) AS case_id,
           (p.minor - COALESCE(paid.minor, 0))::bigint AS unpaid
    FROM payable p LEFT JOIN paid USING (claim_id)
    LEFT JOIN placed USING (claim_id)
    WHERE p.minor > COALESCE(paid.minor, 0)
      AND p.claim_id NOT IN (SELECT claim_id FROM moved WHERE kind = 'withdrawn')
      AND p.claim_id NOT IN (SELECT claim_id FROM twice)
), balance AS (
    SELECT case_id, SUM(unpaid)::bigint AS unpaid FROM missing GROUP BY case_id
)"""
STANDING = """
(SELECT DISTINCT ON (case_id) event_id, case_id, kind,
        COALESCE(happened_at, recorded_at) AS at
 FROM case_fact_as_known($1)
 WHERE kind IN ('opened', 'adopted', 'closed', 'reopened')
   AND COALESCE(happened_at, recorded_at) < $3
 ORDER BY case_id, COALESCE(happened_at, recorded_at) DESC, recorded_at DESC)"""

# What was split off a case is still about its fact: unpaid there, it is not resolved.
APART = f"""
SELECT same.id FROM (
    SELECT case_id AS part, root_case_id AS case_id FROM case_part_as_known($1)
) f JOIN balance b ON b.case_id = f.part {FACT_OF}"""

RESOLVED = f"""{UNPAID}
SELECT f.event_id, f.case_id, f.subject, 0::bigint AS amount, f.at, owner.unit
FROM ({ARREARS}) f {AT_CUT_OFF}
WHERE f.subject NOT IN (SELECT case_id FROM balance UNION {APART})"""

OPEN_UNPAID = f"""{UNPAID}
SELECT f.event_id, f.case_id, f.case_id AS subject, b.unpaid AS amount, f.at,
       owner.unit
FROM {STANDING} f JOIN balance b USING (case_id)
{AT_CUT_OFF} WHERE f.kind <> 'closed'"""

OPEN_UNPAID_WORKERS = f"""{UNPAID}
SELECT f.event_id, f.case_id, c.person_id AS subject, m.unpaid AS amount, f.at,
       owner.unit
FROM {STANDING} f JOIN missing m USING (case_id)
JOIN claim c ON c.claim_id = m.claim_id
{AT_CUT_OFF} WHERE f.kind <> 'closed'"""

OPEN_CASES = f"""
SELECT f.event_id, f.case_id, f.case_id AS subject, 0::bigint AS amount, f.at,
       owner.unit
FROM {STANDING} f {AT_CUT_OFF} WHERE f.kind <> 'closed'"""

# A case that was opened again owes a new answer, and so does an order that came again.
OPEN_CLUES = f"""
SELECT f.event_id, f.case_id, f.case_id AS subject, 0::bigint AS amount, f.at,
       owner.unit
FROM {FACTS.format(kinds="registered")}
LEFT JOIN (
    SELECT case_id,
           max(recorded_at) FILTER
               (WHERE kind IN ('answered', 'unanswerable', 'not_wage')) AS answered,
           max(recorded_at) FILTER
               (WHERE kind IN ('reopened', 'redispatched')) AS again
    FROM case_fact_as_known($1)
    WHERE COALESCE(happened_at, recorded_at) < $3 AND kind IN (
        'answered', 'unanswerable', 'not_wage', 'reopened', 'redispatched')
    GROUP BY case_id
) told USING (case_id)
{AT_CUT_OFF}
WHERE f.at < $3 AND (told.answered IS NULL OR told.again > told.answered)"""

# Running and past due at the cut-off, and not in what is still to come; a stop with an
# earlier legal date lifts it. CLK-10 binds the employer: not an office's delay.
OVERDUE = f"""
SELECT t.event_id, f.case_id, f.deadline_id AS subject, 0::bigint AS amount,
       f.due_at AS at, owner.unit
FROM deadline_as_known($1) f
JOIN LATERAL (SELECT event_id FROM trail_as_known($1) x
              WHERE x.case_id = f.case_id AND x.stream = f.stream
              ORDER BY x.stream_version LIMIT 1) t ON true
{AT_CUT_OFF}
WHERE f.clock <> 'CLK-10' AND f.paused_on IS NULL AND f.due_at <= LEAST($1, $3)
  AND (f.stopped_at IS NULL OR f.stopped_at >= $3)"""

# What the calendar left of a term at the cut-off: its counted days after that day.
DUE_SOON = f"""
SELECT t.event_id, f.case_id, f.deadline_id AS subject, 0::bigint AS amount,
       f.start_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS at, owner.unit
FROM deadline_as_known($1) f
CROSS JOIN LATERAL (
    SELECT ((LEAST($1, $3) - interval '1 microsecond')
            AT TIME ZONE 'Asia/Shanghai')::date AS day) cut
JOIN LATERAL (
    SELECT count(*) AS whole,
           count(*) FILTER (WHERE (d->>'day')::date > cut.day) AS left_over
    FROM jsonb_array_elements(f.days) d WHERE (d->>'counted')::boolean
) term ON term.left_over <= CASE WHEN term.whole > 10 THEN 3 ELSE 1 END
JOIN LATERAL (SELECT event_id FROM trail_as_known($1) x
              WHERE x.case_id = f.case_id AND x.stream = f.stream
              ORDER BY x.stream_version LIMIT 1) t ON true
{AT_CUT_OFF}
WHERE f.clock <> 'CLK-10' AND f.paused_on IS NULL AND f.due_at > LEAST($1, $3)
  AND f.start_on <= cut.day
  AND (f.stopped_at IS NULL OR f.stopped_at >= LEAST($1, $3))"""

# A report stands in the week that it is about, whenever it was filed.
ZERO_REPORTS = """
SELECT z.event_id, NULL::uuid AS case_id, z.event_id AS subject, 0::bigint AS amount,
       week.at, z.unit
FROM zero_report_as_known($1) z JOIN campaign c USING (campaign_id)
CROSS JOIN LATERAL (
    SELECT GREATEST(c.starts_on, date_trunc('week', c.starts_on)::date
                    + (7 * (z.week - 1))::int
           )::timestamp AT TIME ZONE 'Asia/Shanghai' AS at
) week
WHERE week.at < $3"""
