-- Two neighbouring characters of an employer's name, and the names that have them.
CREATE TABLE likeness.gram (
    gram text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (gram, name)
);
GRANT SELECT, INSERT ON likeness.gram TO :"app_role";
