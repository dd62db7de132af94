-- Move simulated time on; a real deployment refuses a clock that is handed to it.
CREATE FUNCTION journal.advance_clock(_to timestamptz) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    -- An append in flight ends in the time in which it began.
    PERFORM FROM journal.head FOR UPDATE;
    IF (SELECT mode FROM journal.deployment) = 'real' THEN
        RAISE EXCEPTION 'this deployment runs in real time' USING ERRCODE = 'QX004';
    END IF;
    UPDATE journal.deployment SET simulated_now = _to;
    RETURN _to;
END $$;
REVOKE EXECUTE ON FUNCTION journal.advance_clock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.advance_clock TO :"app_role";
