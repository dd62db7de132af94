-- What this journal belongs to, and whether its time is real: written once, for ever.
CREATE TABLE journal.deployment (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    service text NOT NULL CHECK (service ~ '^[a-z]+$'),
    site text NOT NULL CHECK (site ~ '^[0-9]{12}$'),
    mode text NOT NULL CHECK (mode IN ('real', 'simulated')),
    simulated_now timestamptz,
    CHECK ((mode = 'simulated') = (simulated_now IS NOT NULL))
);

CREATE TRIGGER deployment_stays BEFORE UPDATE ON journal.deployment
FOR EACH ROW WHEN (
    (NEW.service, NEW.site, NEW.mode) IS DISTINCT FROM (OLD.service, OLD.site, OLD.mode)
    OR NEW.simulated_now < OLD.simulated_now
) EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER deployment_kept BEFORE DELETE OR TRUNCATE ON journal.deployment
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.deployment ENABLE ALWAYS TRIGGER deployment_stays;
ALTER TABLE journal.deployment ENABLE ALWAYS TRIGGER deployment_kept;
GRANT SELECT ON journal.deployment TO :"app_role";
