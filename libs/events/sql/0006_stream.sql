-- The version every stream has reached, so that an append looks up one row a stream.
CREATE TABLE journal.stream (
    name text PRIMARY KEY,
    version int NOT NULL CHECK (version > 0)
) WITH (fillfactor = 70);

CREATE TRIGGER stream_grows BEFORE UPDATE ON journal.stream
FOR EACH ROW WHEN (NEW.name <> OLD.name OR NEW.version <= OLD.version)
EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER stream_kept BEFORE DELETE OR TRUNCATE ON journal.stream
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.stream ENABLE ALWAYS TRIGGER stream_grows;
ALTER TABLE journal.stream ENABLE ALWAYS TRIGGER stream_kept;
GRANT SELECT ON journal.stream TO :"app_role";
