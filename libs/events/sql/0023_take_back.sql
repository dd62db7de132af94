-- Rows that this journal lost and its topic kept come back in as they were, never else:
-- numbers, versions, hashes and times must continue what stands here.
CREATE FUNCTION journal.take_back(_given journal.event[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    _head journal.head;
    _rows journal.event[];
BEGIN
    SELECT * INTO STRICT _head FROM journal.head FOR UPDATE;
    IF EXISTS (
        SELECT FROM unnest(_given) g JOIN journal.event e USING (seq)
        WHERE g.seq <= _head.seq AND (g.id, g.chain) IS DISTINCT FROM (e.id, e.chain)
    ) THEN
        RAISE EXCEPTION 'journal and topic hold another event at one number'
            USING ERRCODE = 'QX005';
    END IF;
    SELECT array_agg(g ORDER BY g.seq) INTO _rows
    FROM unnest(_given) g WHERE g.seq > _head.seq;
    IF _rows IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM journal.check_continues(_rows, _head);

    INSERT INTO journal.command (id, request_hmac, first_seq, last_seq)
    SELECT command_id, (array_agg(request_hmac))[1], min(seq), max(seq)
    FROM unnest(_rows) r GROUP BY command_id;
    PERFORM journal.keep(_rows);
    RETURN cardinality(_rows);
END $$;

CREATE FUNCTION journal.check_continues(_rows journal.event[], _head journal.head)
RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(_rows) WITH ORDINALITY AS r
        WHERE r.seq <> _head.seq + r.ordinality
    ) THEN
        RAISE EXCEPTION 'a number is missing after %', _head.seq
            USING ERRCODE = 'QX005';
    END IF;
    IF journal.linked(_rows, _head.chain) IS DISTINCT FROM _rows THEN
        RAISE EXCEPTION 'a row differs from its hash' USING ERRCODE = 'QX005';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT recorded_at, lag(recorded_at) OVER (ORDER BY seq) AS before,
                version, row_number() OVER (PARTITION BY stream ORDER BY seq) + coalesce(
                    (SELECT s.version FROM journal.stream s WHERE s.name = r.stream), 0
                ) AS next, site
            FROM unnest(_rows) r
        ) AS r
        WHERE recorded_at <= before OR version <> next
            OR site <> (SELECT d.site FROM journal.deployment d)
    ) THEN
        RAISE EXCEPTION 'a row does not continue this journal' USING ERRCODE = 'QX005';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION journal.take_back, journal.check_continues FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.take_back TO :"app_role";
