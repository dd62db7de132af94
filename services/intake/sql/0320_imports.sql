-- Imports stand beside the log: progress, coordinates and codes, never a person's words.
CREATE SCHEMA imports;
GRANT USAGE ON SCHEMA imports TO :"app_role";
