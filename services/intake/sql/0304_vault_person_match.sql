-- Matching by ID number over every kind.
CREATE INDEX person_match_id ON vault.person (id_hmac) WHERE id_hmac IS NOT NULL;
