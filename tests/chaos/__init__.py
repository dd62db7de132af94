"""Faults on purpose: a workload, a nemesis, and a checker of what was recorded."""
