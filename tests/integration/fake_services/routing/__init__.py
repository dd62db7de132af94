"""A stand-in for routing."""
