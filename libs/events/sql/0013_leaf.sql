-- The hash of one row: sha256 over its canonical text, one field a line, data last.
CREATE FUNCTION journal.micros(_at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM _at - timestamptz '1970-01-01 00:00:00+00') * 1000000;

CREATE FUNCTION journal.leaf(_event journal.event) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256(convert_to(concat(
        'qingxin.leaf.v1', E'\n', _event.seq, E'\n', _event.id, E'\n', _event.site,
        E'\n', _event.stream, E'\n', _event.version, E'\n', _event.type,
        E'\n', _event.schema_version, E'\n', journal.micros(_event.occurred_at),
        E'\n', _event.occurred_precision, E'\n', journal.micros(_event.recorded_at),
        E'\n', _event.actor_id, E'\n', _event.actor_role, E'\n', _event.actor_unit,
        E'\n', _event.source, E'\n', _event.serial, E'\n', _event.command_id,
        E'\n', encode(_event.request_hmac, 'hex'), E'\n', _event.hash_alg,
        E'\n', _event.correlation_id, E'\n', _event.causation_id,
        E'\n', _event.partition_key, E'\n', _event.traceparent, E'\n', _event.data
    ), 'UTF8'));
END $$;
