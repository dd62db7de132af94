-- A worker's page finds the clue of a claim that a code opened.
CREATE INDEX code_subject ON vault.code (subject_id);
