-- What one call of journal.append takes in and gives back.
CREATE TYPE journal.new_command AS (
    id uuid, request_hmac bytea, actor_id uuid, actor_role text, actor_unit text,
    source text, correlation_id uuid, causation_id uuid, caused_at timestamptz,
    traceparent text, answer text
);
-- `command` is the command's place in the call, from 1.
CREATE TYPE journal.stream_read AS (command int, stream text, version int);
CREATE TYPE journal.new_event AS (
    command int, stream text, type text, schema_version int, data text,
    occurred_at timestamptz, occurred_precision text, area text, kind text,
    partition_key text
);
-- The commands from first_command to last_command are what the reaction asked for.
CREATE TYPE journal.new_outcome AS (
    reaction text, event_id uuid, outcome text, code text,
    first_command int, last_command int
);
CREATE TYPE journal.new_position AS (
    consumer text, topic text, partition int, before bigint, idx bigint,
    event_id uuid, kafka_offset bigint
);
-- appended | repeated | reused | conflict | ahead
CREATE TYPE journal.verdict AS (
    command int, status text, first_seq bigint, last_seq bigint, answer text
);
CREATE TYPE journal.stored AS (
    seq bigint, id uuid, version int, recorded_at timestamptz,
    serial text, leaf bytea, chain bytea
);
CREATE TYPE journal.call_answer AS (
    verdicts journal.verdict[], stored journal.stored[]
);
