"""The demonstration campaign: a pure plan of commands, and its loader."""
