-- One file handed in; its key goes after thirty days, and the file with it.
CREATE TABLE imports.job (
    import_id uuid PRIMARY KEY,
    request_hmac bytea NOT NULL,
    profile text NOT NULL,
    profile_version int NOT NULL,
    mode text NOT NULL CHECK (mode IN ('dry_run', 'apply')),
    actor_id uuid NOT NULL,
    role text NOT NULL,
    unit text NOT NULL,
    suffix text NOT NULL,
    file_sha256 text NOT NULL,
    file_bytes bigint NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'done', 'refused')),
    rows_total int,
    rows_done int NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    refusal jsonb,
    report jsonb,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON imports.job TO :"app_role";
