"""The embedded trace store: spans of all services, joined into one picture."""
