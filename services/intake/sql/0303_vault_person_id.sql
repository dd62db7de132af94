-- One person per ID number, one individual employer per name; rows may share theirs.
CREATE UNIQUE INDEX person_of_id ON vault.person (kind, id_hmac)
WHERE kind IN ('person', 'employer') AND id_hmac IS NOT NULL;
