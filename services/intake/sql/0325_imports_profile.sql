-- A dry run of a profile that is not in force yet carries the profile's own text, and
-- the sheet of the workbench that it reads.
ALTER TABLE imports.job ADD COLUMN profile_text text, ADD COLUMN sample_id uuid,
ADD CONSTRAINT job_trial CHECK (
    (profile_text IS NULL) = (sample_id IS NULL)
    AND (profile_text IS NULL OR mode = 'dry_run')
);
