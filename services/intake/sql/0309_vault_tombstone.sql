-- Who was erased, by HMAC: an import must not bring the data back.
CREATE TABLE vault.tombstone (
    hmac bytea PRIMARY KEY CHECK (octet_length(hmac) = 32),
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT ON vault.tombstone TO :"app_role";
