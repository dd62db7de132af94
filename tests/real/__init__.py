"""The totals three agencies published, beside what comes out of their sheets."""
