"""The log: events, commands, deciders, journal, stream, views and audit."""
