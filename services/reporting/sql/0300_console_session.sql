-- Who is signed in at the console: the token is sealed under a key of the cookie.
CREATE TABLE console_session (
    id bytea PRIMARY KEY,
    sealed bytea NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON console_session TO :"app_role";
