-- A ledger as one officer likes to see it: filters and columns under a name of theirs.
-- A liking, no fact: it stands in no event, and a rebuild leaves it alone.
CREATE TABLE saved_view (
    officer uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    query text NOT NULL CHECK (length(query) <= 2000),
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (officer, name)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO :"app_role";
