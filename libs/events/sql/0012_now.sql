-- The deployment's clock: the wall's, or the simulated one of the whole deployment.
CREATE FUNCTION journal.now() RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE mode WHEN 'simulated' THEN simulated_now ELSE clock_timestamp() END
    FROM journal.deployment
$$;
GRANT EXECUTE ON FUNCTION journal.now() TO :"app_role";
