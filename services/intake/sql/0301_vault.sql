-- Persons' data stands apart from the log: its own schema, readable by intake alone.
CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO :"app_role";
