"""A service put together: its log, relay, subscriptions, door and the end of all."""
