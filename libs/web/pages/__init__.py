"""Pages for people: message catalogues that more than one service shows."""
