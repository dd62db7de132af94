-- Who reported without being the worker 举报人: a register of its own under a key of its
-- own, matched by nothing, so that no number says that somebody reported (LIR 9).
ALTER TABLE vault.person
    DROP CONSTRAINT person_kind_check,
    ADD CONSTRAINT person_kind_check
        CHECK (kind IN ('person', 'employer', 'clue', 'row', 'informant')),
    ADD CONSTRAINT informant_is_unmatched
        CHECK (kind <> 'informant' OR (id_hmac IS NULL AND phone_hmac IS NULL));
