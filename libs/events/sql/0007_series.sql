-- The last number given in each series: area, year in Shanghai, kind.
CREATE TABLE journal.series (
    area text NOT NULL CHECK (area <> ''),
    year int NOT NULL,
    kind text NOT NULL CHECK (kind <> ''),
    last bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (area, year, kind)
);

CREATE TRIGGER series_grows BEFORE UPDATE ON journal.series
FOR EACH ROW WHEN (NEW.last <= OLD.last) EXECUTE FUNCTION journal.refuse();
CREATE TRIGGER series_kept BEFORE DELETE OR TRUNCATE ON journal.series
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse();
ALTER TABLE journal.series ENABLE ALWAYS TRIGGER series_grows;
ALTER TABLE journal.series ENABLE ALWAYS TRIGGER series_kept;
GRANT SELECT ON journal.series TO :"app_role";
