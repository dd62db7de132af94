"""TOML's lines, as a person would write them in a file of rules."""

import json
from collections.abc import Mapping

DATES = frozenset({"effective_from"})


def line(name: str, value: object) -> str:
    """Return a line of a table: a text, number, truth, list, or a date of `DATES`."""
    # JSON's texts, numbers, truths and lists are TOML's, but for one control character;
    # a date stands bare.
    said = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{name} = {said.strip(chr(34)) if name in DATES else said}"


def inline(said: Mapping[str, object]) -> str:
    """Return an inline table."""
    return f"{{ {', '.join(line(name, said[name]) for name in said)} }}"
