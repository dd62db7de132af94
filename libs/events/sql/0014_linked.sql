-- Rows with their leaf and chain, from a chain's last link, in one pass.
CREATE FUNCTION journal.linked(_rows journal.event[], _chain bytea)
RETURNS journal.event[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    _row journal.event;
BEGIN
    FOR _n IN 1 .. coalesce(cardinality(_rows), 0) LOOP
        _row := _rows[_n];
        _row.leaf := journal.leaf(_row);
        _chain := sha256(_chain || _row.leaf);
        _row.chain := _chain;
        _rows[_n] := _row;
    END LOOP;
    RETURN _rows;
END $$;
