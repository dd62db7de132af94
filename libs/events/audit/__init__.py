"""Audit: the proof that journal, chain and topic say the same."""
