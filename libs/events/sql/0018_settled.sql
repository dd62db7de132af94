-- The verdicts with the numbers that each winner's events were given.
CREATE FUNCTION journal.settled(
    _verdicts journal.verdict[], _events journal.new_event[], _seq bigint
) RETURNS journal.verdict[]
LANGUAGE sql VOLATILE AS $$
    WITH written AS (
        SELECT command, count(*) AS events FROM unnest(_events) GROUP BY command
    ), counted AS (
        SELECT v.*, coalesce(w.events, 0) AS events,
            _seq + coalesce(sum(w.events) FILTER (WHERE v.status = 'appended')
                OVER (ORDER BY v.command), 0) AS last
        FROM unnest(_verdicts) v LEFT JOIN written w USING (command)
    )
    SELECT array_agg(CASE WHEN status = 'appended'
        THEN ROW(command, status, last - events + 1, last, answer)::journal.verdict
        ELSE ROW(command, status, first_seq, last_seq, answer)::journal.verdict
        END ORDER BY command) FROM counted
$$;
