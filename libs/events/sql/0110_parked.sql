-- Events a consumer could not apply, and the later ones of their streams: they wait.
CREATE TABLE parked (
    consumer     text        NOT NULL,
    event_id     uuid        NOT NULL,
    service      text        NOT NULL,
    stream       text        NOT NULL,
    seq          bigint      NOT NULL,
    type         text        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    topic        text        NOT NULL,
    partition    int         NOT NULL,
    idx          bigint      NOT NULL,
    kafka_offset bigint      NOT NULL,
    reason       text        NOT NULL
        CHECK (reason IN ('failed', 'unknown-version', 'unreadable', 'behind')),
    -- The error's name, never its text: that may quote a row.
    error_code   text,
    attempts     int         NOT NULL DEFAULT 1,
    parked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    retry_asked  boolean     NOT NULL DEFAULT false,
    -- The record itself, so that a retry needs no reading back.
    record_value bytea       NOT NULL,
    record_headers jsonb     NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

CREATE INDEX parked_stream ON parked (consumer, stream, seq);

GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO :"app_role";
