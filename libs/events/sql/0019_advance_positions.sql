-- Move a consumer on, from where it believes it stands; else it is not the only one.
CREATE FUNCTION journal.advance_positions(_positions journal.new_position[])
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _moved bigint;
BEGIN
    WITH changed AS (
        UPDATE public.position p
        SET idx = n.idx, event_id = n.event_id, kafka_offset = n.kafka_offset
        FROM unnest(_positions) n
        WHERE n.before >= 0 AND p.idx = n.before AND (p.consumer, p.topic, p.partition)
            = (n.consumer, n.topic, n.partition)
        RETURNING 1
    ), made AS (
        INSERT INTO public.position
        SELECT consumer, topic, partition, idx, event_id, kafka_offset
        FROM unnest(_positions) WHERE before < 0
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM made) INTO _moved;

    IF _moved <> cardinality(_positions) THEN
        RAISE EXCEPTION 'the consumer is not where it believes it stands'
            USING ERRCODE = 'QX003';
    END IF;
END $$;
