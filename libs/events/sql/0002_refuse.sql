-- What was recorded stays as it was: this function refuses whatever a trigger hands it.
CREATE FUNCTION journal.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on journal.% is refused: the log is append-only',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'QX001';
END $$;
