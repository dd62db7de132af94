-- What may be one fact told twice: advice for an officer, made anew from the log.
CREATE SCHEMA likeness;
GRANT USAGE ON SCHEMA likeness TO :"app_role";
