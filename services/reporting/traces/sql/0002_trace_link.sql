-- A span's links to the contexts that caused it: one a message of a page.
CREATE TABLE trace_link (
    trace_id text NOT NULL,
    span_id text NOT NULL,
    ordinal integer NOT NULL,
    linked_trace_id text NOT NULL,
    linked_span_id text NOT NULL,
    message_id uuid,
    event_type text,
    correlation_id uuid,
    case_id uuid,
    PRIMARY KEY (trace_id, span_id, ordinal)
);
CREATE INDEX trace_link_target ON trace_link (linked_trace_id, linked_span_id);
CREATE INDEX trace_link_correlation ON trace_link (correlation_id)
    WHERE correlation_id IS NOT NULL;
CREATE INDEX trace_link_case ON trace_link (case_id) WHERE case_id IS NOT NULL;
