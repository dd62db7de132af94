"""Reporting: ledgers, statistics and bulletins, each figure proved by its events."""
