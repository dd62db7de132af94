"""The identity vault: names and numbers of persons, sealed, each under its own key."""
