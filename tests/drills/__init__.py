"""Drills: servers and databases lost on purpose, each on a system of its own."""
