"""The checker that goes with an export: one file, nothing of ours in it."""
