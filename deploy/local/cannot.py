"""The one way the local stack says that it cannot go on."""

# The words of PostgreSQL, of Java's loggers and of Python.
GRAVE = ("FATAL", "PANIC", "ERROR", "Error:", "Exception:")


class Cannot(Exception):
    """A reason, in one line, that says what to do about it."""


def last_line(text: str) -> str:
    """Return the last line that tells of an error, else the last with words, or ''."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [line for line in lines if any(word in line for word in GRAVE)]
    return (grave or lines or [""])[-1]
