-- The log has a schema of its own: the service's role reads it and calls its functions.
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RAISE EXCEPTION 'PostgreSQL 18 or later is needed, this is %',
            current_setting('server_version');
    END IF;
END $$;

CREATE SCHEMA journal;
GRANT USAGE ON SCHEMA journal TO :"app_role";
GRANT USAGE, CREATE ON SCHEMA public TO :"app_role";
