"""What a start says while it works: one line a step, with the seconds so far."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


def speaker() -> Say:
    """Return a function that prints a line with the time since now."""
    began = time.monotonic()

    def say(line: str) -> None:
        seconds = time.monotonic() - began
        sys.stderr.write(f"[{seconds:5.1f} s] {line}\n")
        sys.stderr.flush()

    return say
