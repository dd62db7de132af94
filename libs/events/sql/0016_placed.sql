-- The winners' events as rows: number, version, time and serial, all without gaps.
CREATE FUNCTION journal.placed(
    _commands journal.new_command[], _reads journal.stream_read[],
    _events journal.new_event[], _verdicts journal.verdict[], _head journal.head
) RETURNS journal.event[]
LANGUAGE plpgsql VOLATILE
SET enable_nestloop = off SET enable_seqscan = off AS $$
DECLARE
    _micro CONSTANT interval := interval '1 microsecond';
    _soonest timestamptz := greatest(journal.now(), _head.recorded_at + _micro);
    _site text := (SELECT site FROM journal.deployment);
BEGIN
    RETURN (WITH winner AS (
        SELECT c.* FROM unnest(_commands) WITH ORDINALITY AS c (
            id, request_hmac, actor_id, actor_role, actor_unit, source,
            correlation_id, causation_id, caused_at, traceparent, answer, n)
        JOIN unnest(_verdicts) v ON v.command = c.n AND v.status = 'appended'
    ), ranked AS (
        SELECT e.*, w.*, row_number() OVER (ORDER BY e.command, e.place) AS rank,
            r.version + row_number() OVER (
                PARTITION BY e.command, e.stream ORDER BY e.place) AS version
        FROM unnest(_events) WITH ORDINALITY AS e (
            command, stream, type, schema_version, data, occurred_at,
            occurred_precision, area, kind, partition_key, place)
        JOIN winner w ON w.n = e.command
        JOIN unnest(_reads) r ON r.command = e.command AND r.stream = e.stream
    ), timed AS (
        -- After the head, after its cause, and after every event before it.
        SELECT *, rank * _micro + max(
            greatest(_soonest, caused_at + _micro) - rank * _micro
        ) OVER (ORDER BY rank) AS recorded_at
        FROM ranked
    ), dated AS (
        SELECT *, recorded_at AT TIME ZONE 'Asia/Shanghai' AS there FROM timed
    ), numbered AS (
        SELECT *, row_number() OVER (
            PARTITION BY area, kind, extract(year FROM there) ORDER BY rank
        ) + CASE WHEN area IS NULL THEN 0 ELSE coalesce((
            SELECT s.last FROM journal.series s
            WHERE s.area = dated.area AND s.kind = dated.kind
                AND s.year = extract(year FROM dated.there)::int), 0) END AS number
        FROM dated
    )
    SELECT array_agg(ROW(
        _head.seq + rank, uuidv7(), _site, stream, version, type, schema_version, data,
        occurred_at, occurred_precision, recorded_at, actor_id, actor_role, actor_unit,
        source,
        CASE WHEN area IS NOT NULL THEN concat_ws('-', area, to_char(there, 'YYYYMMDD'),
            kind, lpad(number::text, greatest(6, length(number::text)), '0')) END,
        id, request_hmac, 'sha256', correlation_id, causation_id, partition_key,
        traceparent, NULL, NULL
    )::journal.event ORDER BY rank) FROM numbered);
END $$;
