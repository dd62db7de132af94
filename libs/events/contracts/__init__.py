"""The vocabulary: every event that a service says."""
