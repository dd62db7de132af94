-- What was said of a person, sealed; each act adds, none overwrites, so that nobody
-- can put another telephone or bank card in place of the first.
CREATE TABLE vault.field (
    person_id uuid NOT NULL REFERENCES vault.person ON DELETE CASCADE,
    field text NOT NULL CHECK (field ~ '^[a-z][a-z_]{0,39}$'),
    command_id uuid NOT NULL,
    sealed bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (person_id, field, command_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.field TO :"app_role";
