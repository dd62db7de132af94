-- In which clue a person was named, by which act; an act that never came to be leaves
-- an orphan, which is swept.
CREATE TABLE vault.mention (
    person_id uuid NOT NULL REFERENCES vault.person ON DELETE CASCADE,
    command_id uuid NOT NULL,
    clue_id uuid NOT NULL,
    role text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (person_id, command_id, role)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.mention TO :"app_role";
