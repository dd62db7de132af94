"""Enforcement: the lawful instruments and the money."""
