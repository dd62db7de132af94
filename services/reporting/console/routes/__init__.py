"""Routes of the console: one file a matter."""
