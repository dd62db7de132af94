"""First ratios of this system against the barest thing that does the same work."""
