"""A stand-in for reporting."""
