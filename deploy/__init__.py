"""How the four services are run: on one machine, for tests, for the demonstration."""
