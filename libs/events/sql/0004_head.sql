-- The one row that every append locks: last number, last chain link, last time.
CREATE TABLE journal.head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 10);

INSERT INTO journal.head (seq, chain, recorded_at)
VALUES (0, decode(repeat('00', 32), 'hex'), '1970-01-01 00:00:00+00');

CREATE TRIGGER head_grows BEFORE UPDATE ON journal.head
FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.recorded_at < OLD.recorded_at)
EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER head_kept BEFORE DELETE OR TRUNCATE ON journal.head
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.head ENABLE ALWAYS TRIGGER head_grows;
ALTER TABLE journal.head ENABLE ALWAYS TRIGGER head_kept;
GRANT SELECT ON journal.head TO :"app_role";
