-- Each command's verdict, under the head lock, by what the rival, whose lock it waited
-- for, has committed.
CREATE FUNCTION journal.judged(
    _commands journal.new_command[], _reads journal.stream_read[],
    _events journal.new_event[], _atomic boolean
) RETURNS journal.verdict[]
LANGUAGE plpgsql VOLATILE
SET enable_nestloop = off SET enable_seqscan = off AS $$
DECLARE
    _latest timestamptz := journal.now() + interval '60 seconds';
    _verdicts journal.verdict[];
    _named bigint;
BEGIN
    WITH written AS (
        SELECT command, stream, count(*) AS events
        FROM unnest(_events) GROUP BY command, stream
    ), touched AS (
        SELECT r.command, r.stream, r.version, coalesce(w.events, 0) AS events,
            coalesce((SELECT s.version FROM journal.stream s WHERE s.name = r.stream), 0)
                AS stands
        FROM unnest(_reads) r LEFT JOIN written w USING (command, stream)
    ), earlier AS (
        SELECT *, coalesce(sum(events) OVER (
            PARTITION BY stream ORDER BY command
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM touched
    ), read AS (
        SELECT command, sum(events) AS named,
            -- Whether an earlier command of the call will win is not known here, so
            -- only a call that is all or nothing may build on one.
            bool_and(version = stands + before AND (_atomic OR before = 0)) AS fresh
        FROM earlier GROUP BY command
    ), asked AS MATERIALIZED (
        SELECT c.*, row_number() OVER (PARTITION BY c.id ORDER BY c.n) AS twin,
            (SELECT k FROM journal.command k WHERE k.id = c.id) AS kept
        FROM unnest(_commands) WITH ORDINALITY AS c (
            id, request_hmac, actor_id, actor_role, actor_unit, source,
            correlation_id, causation_id, caused_at, traceparent, answer, n)
    )
    SELECT array_agg(ROW(a.n, CASE
            WHEN (a.kept).request_hmac = a.request_hmac THEN 'repeated'
            WHEN (a.kept).id IS NOT NULL THEN 'reused'
            WHEN a.caused_at > _latest THEN 'ahead'
            WHEN a.twin > 1 OR NOT coalesce(r.fresh, true) THEN 'conflict'
            ELSE 'appended' END,
        (a.kept).first_seq, (a.kept).last_seq, (a.kept).answer
        )::journal.verdict ORDER BY a.n), coalesce(sum(r.named), 0)
    INTO _verdicts, _named
    FROM asked a LEFT JOIN read r ON r.command = a.n;

    IF _named <> coalesce(cardinality(_events), 0) THEN
        RAISE EXCEPTION 'a command writes a stream that it does not name'
            USING ERRCODE = 'QX002';
    END IF;
    RETURN _verdicts;
END $$;
