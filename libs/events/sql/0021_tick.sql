-- Move the head's time on: whatever is recorded later is recorded after it.
CREATE FUNCTION journal.tick() RETURNS journal.head
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
    UPDATE journal.head SET recorded_at = greatest(recorded_at, journal.now())
    RETURNING *
$$;
REVOKE EXECUTE ON FUNCTION journal.tick FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.tick TO :"app_role";
