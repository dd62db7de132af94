-- Spans that the services send by OTLP: how one complaint went, for operators.
-- They prove nothing and may be thrown away; the journal is the record.
CREATE TABLE trace_span (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    trace_id text NOT NULL CHECK (trace_id ~ '^[0-9a-f]{32}$'),
    span_id text NOT NULL CHECK (span_id ~ '^[0-9a-f]{16}$'),
    parent_id text CHECK (parent_id ~ '^[0-9a-f]{16}$'),
    service text NOT NULL,
    operation text NOT NULL,
    kind smallint NOT NULL,
    -- Nanoseconds since 1970, as OTLP has them: timestamptz would round.
    started_ns bigint NOT NULL,
    ended_ns bigint NOT NULL,
    failed boolean NOT NULL,
    correlation_id uuid,
    case_id uuid,
    attributes text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- A batch that is sent twice, after a lost answer, is stored once.
    PRIMARY KEY (trace_id, span_id)
);
CREATE UNIQUE INDEX trace_span_seq ON trace_span (seq);
CREATE INDEX trace_span_correlation ON trace_span (correlation_id)
    WHERE correlation_id IS NOT NULL;
CREATE INDEX trace_span_case ON trace_span (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX trace_span_operation ON trace_span (service, operation, seq);
CREATE INDEX trace_span_received ON trace_span (received_at);
