"""The door: HTTP, problems, tokens, permissions, repeats, versions and the feed."""
