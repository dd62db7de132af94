"""Intake: one window for every channel; what was said, and by whom."""
