-- Blocking keys: clues that share one are compared, the newest first.
CREATE TABLE likeness.key (
    kind text NOT NULL,
    key bytea NOT NULL,
    registered_at timestamptz NOT NULL,
    clue_id uuid NOT NULL,
    PRIMARY KEY (kind, key, registered_at, clue_id)
);
GRANT SELECT, INSERT, DELETE ON likeness.key TO :"app_role";
