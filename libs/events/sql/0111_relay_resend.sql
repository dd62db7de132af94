-- What an operator wants sent again; the relay's leader, whichever replica it is, does it.
CREATE TABLE relay_resend (
    -- The id of the command that ordered it: a retry orders nothing twice.
    id          uuid PRIMARY KEY,
    topic       text        NOT NULL,
    partition   int         NOT NULL,
    from_index  bigint      NOT NULL,
    records     bigint      NOT NULL,
    per_second  int         NOT NULL CHECK (per_second > 0),
    done        bigint      NOT NULL DEFAULT 0,
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);

GRANT SELECT, INSERT, UPDATE ON relay_resend TO :"app_role";
