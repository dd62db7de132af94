"""Routes of intake: one file a matter."""
