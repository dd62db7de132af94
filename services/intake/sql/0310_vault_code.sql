-- Where a query code leads: only a keyed digest of the code is kept.
CREATE TABLE vault.code (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    kind text NOT NULL CHECK (kind IN ('clue', 'claim')),
    subject_id uuid NOT NULL,
    clue_id uuid NOT NULL,
    command_id uuid NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, DELETE ON vault.code TO :"app_role";
