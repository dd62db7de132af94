"""Reading: what pages and the JSON API ask of the read models, one file a question."""
