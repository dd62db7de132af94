-- The one way into the log: commands in, verdicts and stored events out, all under one
-- lock and in one transaction. With _atomic, one loser stops them all.
CREATE FUNCTION journal.append(
    _commands journal.new_command[], _reads journal.stream_read[],
    _events journal.new_event[], _outcomes journal.new_outcome[],
    _positions journal.new_position[], _atomic boolean
) RETURNS journal.call_answer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
    _head journal.head;
    _verdicts journal.verdict[];
    _rows journal.event[];
    _stored journal.stored[];
BEGIN
    SELECT * INTO STRICT _head FROM journal.head FOR UPDATE;
    _verdicts := journal.judged(_commands, _reads, _events, _atomic);
    IF _atomic AND EXISTS (
        SELECT FROM unnest(_verdicts) v WHERE v.status <> 'appended'
    ) THEN
        RETURN ROW(_verdicts, NULL)::journal.call_answer;
    END IF;

    _rows := journal.linked(
        journal.placed(_commands, _reads, _events, _verdicts, _head), _head.chain);
    _verdicts := journal.settled(_verdicts, _events, _head.seq);
    INSERT INTO journal.command (id, request_hmac, first_seq, last_seq, answer)
    SELECT c.id, c.request_hmac, v.first_seq, v.last_seq, c.answer
    FROM unnest(_commands) WITH ORDINALITY AS c (
        id, request_hmac, actor_id, actor_role, actor_unit, source,
        correlation_id, causation_id, caused_at, traceparent, answer, n)
    JOIN unnest(_verdicts) v ON v.command = c.n AND v.status = 'appended';
    IF _rows IS NOT NULL THEN
        PERFORM journal.keep(_rows);
    END IF;

    IF cardinality(_outcomes) > 0 THEN
        PERFORM journal.keep_outcomes(_outcomes, _verdicts);
    END IF;
    IF cardinality(_positions) > 0 THEN
        PERFORM journal.advance_positions(_positions);
    END IF;
    SELECT array_agg(ROW(r.seq, r.id, r.version, r.recorded_at, r.serial,
        r.leaf, r.chain)::journal.stored)
    INTO _stored FROM unnest(_rows) r;
    RETURN ROW(_verdicts, _stored)::journal.call_answer;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA journal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.append TO :"app_role";
GRANT EXECUTE ON FUNCTION journal.now TO :"app_role";
