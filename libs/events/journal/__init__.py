"""The journal: a service's append-only log in PostgreSQL."""
