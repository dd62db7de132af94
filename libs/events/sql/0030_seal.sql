-- Signed roots of the log (seals): numbers are dense, sizes grow, and each stays.
CREATE TABLE journal.seal (
    number int PRIMARY KEY CHECK (number > 0),
    size bigint NOT NULL UNIQUE CHECK (size > 0),
    document text NOT NULL CHECK (document IS JSON OBJECT)
);

CREATE TRIGGER seal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.seal
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.seal ENABLE ALWAYS TRIGGER seal_kept;
GRANT SELECT ON journal.seal TO :"app_role";

-- Keep a seal unless one of its number stands; return the one that stands.
CREATE FUNCTION journal.keep_seal(_number int, _size bigint, _document text)
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    _last journal.seal;
BEGIN
    LOCK TABLE journal.seal IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO _last FROM journal.seal ORDER BY number DESC LIMIT 1;
    IF _number > coalesce(_last.number, 0) THEN
        IF _number <> coalesce(_last.number, 0) + 1 OR _size <= coalesce(_last.size, 0)
            OR _size > (SELECT seq FROM journal.head)
        THEN
            RAISE EXCEPTION 'seal % does not follow what stands here', _number
                USING ERRCODE = 'QX006';
        END IF;
        INSERT INTO journal.seal VALUES (_number, _size, _document);
    END IF;
    RETURN (SELECT document FROM journal.seal WHERE number = _number);
END $$;
REVOKE EXECUTE ON FUNCTION journal.keep_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.keep_seal TO :"app_role";
