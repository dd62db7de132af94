"""A stand-in for intake."""
