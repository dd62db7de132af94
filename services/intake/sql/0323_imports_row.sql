-- What became of each row of a file, by its coordinates.
CREATE TABLE imports.row (
    import_id uuid NOT NULL REFERENCES imports.job,
    n int NOT NULL,
    sheet text NOT NULL,
    row int NOT NULL,
    outcome text NOT NULL,
    PRIMARY KEY (import_id, n)
);
GRANT SELECT, INSERT ON imports.row TO :"app_role";
