-- Write rows down, with the streams and series they move and the head they make.
CREATE FUNCTION journal.keep(_rows journal.event[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off AS $$
DECLARE
    _last journal.event := _rows[cardinality(_rows)];
BEGIN
    INSERT INTO journal.event SELECT * FROM unnest(_rows);

    INSERT INTO journal.stream AS s (name, version)
    SELECT stream, max(version) FROM unnest(_rows) GROUP BY stream
    ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;

    IF EXISTS (SELECT FROM unnest(_rows) r WHERE r.serial IS NOT NULL) THEN
        INSERT INTO journal.series AS s (area, year, kind, last)
        SELECT rtrim(left(serial, -octet_length(concat_ws('-', day, kind, number))), '-'),
            left(day, 4)::int, kind, max(number::bigint)
        FROM (
            SELECT serial, split_part(serial, '-', -3) AS day,
                split_part(serial, '-', -2) AS kind, split_part(serial, '-', -1) AS number
            FROM unnest(_rows) WHERE serial IS NOT NULL
        ) AS given GROUP BY 1, 2, 3
        ON CONFLICT (area, year, kind) DO UPDATE SET last = EXCLUDED.last;
    END IF;

    UPDATE journal.head
    SET seq = _last.seq, chain = _last.chain, recorded_at = _last.recorded_at;
    -- Once a call: NOTIFY takes a lock of the whole server at commit.
    PERFORM pg_notify('journal', _last.seq::text);
END $$;
