-- A sheet laid on the workbench; sealed, and destroyed after thirty days, as an import's.
CREATE TABLE imports.sample (
    sample_id uuid PRIMARY KEY,
    request_hmac bytea NOT NULL,
    actor_id uuid NOT NULL,
    unit text NOT NULL,
    suffix text NOT NULL,
    file_sha256 text NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE ON imports.sample TO :"app_role";
