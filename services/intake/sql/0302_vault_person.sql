-- Whose data is kept: a person, an individual employer, a clue without a reporter, or
-- the remarks of an imported row. Without the key, what is sealed can never be read.
CREATE TABLE vault.person (
    person_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('person', 'employer', 'clue', 'row')),
    id_hmac bytea CHECK (octet_length(id_hmac) = 32),
    phone_hmac bytea CHECK (octet_length(phone_hmac) = 32),
    key_id text NOT NULL,
    wrapped_key bytea,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    CHECK ((wrapped_key IS NULL) = (erased_at IS NOT NULL)),
    CHECK (erased_at IS NULL OR (id_hmac IS NULL AND phone_hmac IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.person TO :"app_role";
