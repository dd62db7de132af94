"""The one way the local stack says that it cannot go on."""


class Cannot(Exception):  # noqa: N818 -- reads as the sentence it prints.
    """A reason, in one line, that says what to do about it."""


def last_line(text: str) -> str:
    """Return the last line of a program's output that holds words, or ''."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
