-- The outcome of every command that was accepted: a repeated key gets its first answer.
CREATE TABLE journal.command (
    id uuid PRIMARY KEY,
    request_hmac bytea NOT NULL,
    -- last_seq = first_seq - 1 where nothing had to be said.
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL CHECK (last_seq >= first_seq - 1),
    -- Null when the row was taken back in from the topic: answered from its events.
    answer text CHECK (answer IS JSON OBJECT)
);

CREATE TRIGGER command_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.command
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.command ENABLE ALWAYS TRIGGER command_kept;
GRANT SELECT ON journal.command TO :"app_role";
