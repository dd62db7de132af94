-- Who is named in a clue.
CREATE INDEX mention_clue ON vault.mention (clue_id);
