-- What was applied last, in the journal's own numbers: who waits for a fact asks it.
ALTER TABLE position
    ADD COLUMN IF NOT EXISTS seq bigint,
    ADD COLUMN IF NOT EXISTS recorded_at timestamptz;
