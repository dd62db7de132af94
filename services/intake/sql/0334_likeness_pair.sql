-- Pairs that were alike enough to be shown when the later clue came in.
CREATE TABLE likeness.pair (
    clue_id uuid NOT NULL,
    of_clue_id uuid NOT NULL,
    score int NOT NULL,
    reasons text[] NOT NULL,
    rule_version text NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (clue_id, of_clue_id)
);
GRANT SELECT, INSERT ON likeness.pair TO :"app_role";
