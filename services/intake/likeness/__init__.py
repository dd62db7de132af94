"""Likeness: which clues may tell one fact; advice with its weights, never a link."""
