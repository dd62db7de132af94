"""Load on the whole system: overload, a soak, poison; each prints what it measured."""
