"""A stand-in for issuer."""
