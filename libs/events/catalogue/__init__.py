"""The catalogue: what is promised of every event, made from the registry."""
