-- What of a clue is compared; persons stand as HMACs alone, by the worker's place.
CREATE TABLE likeness.clue (
    clue_id uuid PRIMARY KEY,
    registered_at timestamptz NOT NULL,
    employer_id uuid NOT NULL,
    employer_code text,
    employer_name text,
    project_id uuid,
    months_from text,
    months_to text,
    claimed bigint,
    ids bytea[] NOT NULL,
    phones bytea[] NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON likeness.clue TO :"app_role";
