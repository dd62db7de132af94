-- What was found in a cell: where, and a code. A value stands only where a number was
-- rounded.
CREATE TABLE imports.finding (
    import_id uuid NOT NULL,
    n int NOT NULL,
    line int NOT NULL,
    sheet text NOT NULL,
    row int NOT NULL,
    col text NOT NULL,
    code text NOT NULL,
    rounded text,
    PRIMARY KEY (import_id, n, line),
    FOREIGN KEY (import_id, n) REFERENCES imports.row
);
GRANT SELECT, INSERT ON imports.finding TO :"app_role";
