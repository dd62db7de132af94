-- What each reaction made of each event, so that it never decides twice.
CREATE TABLE journal.reaction_outcome (
    reaction text NOT NULL,
    event_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'nothing', 'rejected')),
    code text,
    seqs bigint[] NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (reaction, event_id),
    CHECK ((outcome = 'rejected') = (code IS NOT NULL))
);

CREATE INDEX reaction_finding ON journal.reaction_outcome (decided_at)
WHERE outcome = 'rejected';

CREATE TRIGGER outcome_kept BEFORE UPDATE OR DELETE OR TRUNCATE
ON journal.reaction_outcome FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.reaction_outcome ENABLE ALWAYS TRIGGER outcome_kept;
GRANT SELECT ON journal.reaction_outcome TO :"app_role";
