-- Write rows down, with the streams and series they move and the head they make.
CREATE FUNCTION journal.keep(_rows journal.event[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET jit = off AS $$
DECLARE
    _last journal.event := _rows[cardinality(_rows)];
BEGIN
    INSERT INTO journal.event SELECT * FROM unnest(_rows);

    INSERT INTO journal.stream AS s (name, version)
    SELECT stream, max(version) FROM unnest(_rows) GROUP BY stream
    ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;

    INSERT INTO journal.series AS s (area, year, kind, last)
    SELECT part[1], left(part[2], 4)::int, part[3], max(part[4]::bigint)
    FROM (
        SELECT regexp_match(serial, '^(.+?)-(\d{8})-(.+)-(\d{6,})$') AS part
        FROM unnest(_rows) WHERE serial IS NOT NULL
    ) AS given GROUP BY part[1], left(part[2], 4)::int, part[3]
    ON CONFLICT (area, year, kind) DO UPDATE SET last = EXCLUDED.last;

    UPDATE journal.head
    SET seq = _last.seq, chain = _last.chain, recorded_at = _last.recorded_at;
    -- Once a call: NOTIFY takes a lock of the whole server at commit.
    PERFORM pg_notify('journal', _last.seq::text);
END $$;
