-- Matching by telephone number.
CREATE INDEX person_match_phone ON vault.person (phone_hmac)
WHERE phone_hmac IS NOT NULL;
