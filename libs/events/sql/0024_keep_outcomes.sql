-- What the reactions of a page made of its events, with the numbers of what they said.
CREATE FUNCTION journal.keep_outcomes(
    _outcomes journal.new_outcome[], _verdicts journal.verdict[]
) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO journal.reaction_outcome
        (reaction, event_id, outcome, code, seqs, decided_at)
    SELECT o.reaction, o.event_id, o.outcome, o.code, ARRAY(
        SELECT generate_series(v.first_seq, v.last_seq) FROM unnest(_verdicts) v
        WHERE v.command BETWEEN o.first_command AND o.last_command ORDER BY 1
    ), journal.now()
    FROM unnest(_outcomes) o
$$;
REVOKE EXECUTE ON FUNCTION journal.keep_outcomes FROM PUBLIC;
