-- The log itself: dense numbers, envelope, the exact bytes, and what proves them.
CREATE TABLE journal.event (
    seq bigint PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    site text NOT NULL,
    stream text NOT NULL,
    version int NOT NULL,
    type text NOT NULL,
    schema_version int NOT NULL,
    -- Hashed as stored: jsonb would reorder the keys and break the chain.
    data text NOT NULL,
    occurred_at timestamptz,
    occurred_precision text NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_id uuid NOT NULL,
    actor_role text NOT NULL,
    actor_unit text NOT NULL,
    source text NOT NULL,
    serial text,
    command_id uuid NOT NULL,
    request_hmac bytea NOT NULL,
    hash_alg text NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id uuid,
    partition_key text NOT NULL,
    traceparent text,
    leaf bytea NOT NULL,
    chain bytea NOT NULL,
    UNIQUE (stream, version),
    -- Few checks in one: PostgreSQL parses each anew for every INSERT, and a regular
    -- expression costs 60 µs a row. A line break in a field would let two rows have one
    -- canonical text (see journal.leaf).
    CONSTRAINT event_is_well_formed CHECK (
        octet_length(data) <= 524288 AND data IS JSON OBJECT
        AND right(stream, 36)::uuid::text = right(stream, 36)
        AND left(right(stream, 37), 1) = '-' AND octet_length(stream) BETWEEN 38 AND 100
        AND strpos(concat(stream, site, type, occurred_precision, actor_role,
            actor_unit, source, serial, partition_key, traceparent), E'\n') = 0
        AND actor_role <> '' AND actor_unit <> '' AND partition_key <> ''
        AND (occurred_at IS NULL) = (occurred_precision = 'unknown')
    )
);

CREATE UNIQUE INDEX event_serial ON journal.event (serial) WHERE serial IS NOT NULL;

CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.event
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.event ENABLE ALWAYS TRIGGER event_kept;
GRANT SELECT ON journal.event TO :"app_role";
