-- The log itself: dense numbers, envelope, the exact bytes, and what proves them.
CREATE TABLE journal.event (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    id uuid NOT NULL UNIQUE,
    site text NOT NULL,
    stream text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    type text NOT NULL,
    schema_version int NOT NULL CHECK (schema_version > 0),
    -- Hashed as stored: jsonb would reorder the keys and break the chain.
    data text NOT NULL CHECK (octet_length(data) <= 524288 AND data IS JSON OBJECT),
    occurred_at timestamptz,
    occurred_precision text NOT NULL
        CHECK (occurred_precision IN ('instant', 'day', 'month', 'year', 'unknown')),
    recorded_at timestamptz NOT NULL,
    actor_id uuid NOT NULL,
    actor_role text NOT NULL CHECK (actor_role <> ''),
    actor_unit text NOT NULL CHECK (actor_unit <> ''),
    source text NOT NULL CHECK (source IN ('door', 'import', 'reaction', 'timer')),
    serial text CHECK (serial <> ''),
    command_id uuid NOT NULL,
    request_hmac bytea NOT NULL,
    hash_alg text NOT NULL CHECK (hash_alg = 'sha256'),
    correlation_id uuid NOT NULL,
    causation_id uuid,
    partition_key text NOT NULL CHECK (partition_key <> ''),
    traceparent text CHECK (traceparent <> ''),
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    UNIQUE (stream, version),
    CHECK (stream ~ '^[a-z][a-z0-9-]*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
    CHECK ((occurred_at IS NULL) = (occurred_precision = 'unknown')),
    -- A line break would let two rows have one canonical text (see journal.leaf).
    CHECK (
        concat(site, type, actor_role, actor_unit, serial, partition_key, traceparent)
        !~ '[\u0001-\u001f]'
    )
);

CREATE UNIQUE INDEX event_serial ON journal.event (serial) WHERE serial IS NOT NULL;
CREATE INDEX event_command ON journal.event (command_id);

CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.event
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.event ENABLE ALWAYS TRIGGER event_kept;
GRANT SELECT ON journal.event TO :"app_role";
