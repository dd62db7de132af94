-- What is still to be done, the oldest first.
CREATE INDEX job_waiting ON imports.job (asked_at)
WHERE state IN ('waiting', 'running');
