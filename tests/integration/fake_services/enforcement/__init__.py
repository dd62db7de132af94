"""A stand-in for enforcement."""
