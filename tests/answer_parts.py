"""An answer's parts: what is the same each time that it is asked as known then."""

import json
from collections.abc import Mapping
from typing import Any

MOVING = frozenset({"next"})
"""Sealed anew each time."""


def parts_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Return a JSON answer's parts as text, by name, without those that move."""
    return {
        part: json.dumps(value, sort_keys=True)
        for part, value in said.items()
        if part not in MOVING
    }


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the names of the parts in which two answers differ."""
    return sorted(k for k in {*one, *other} if one.get(k) != other.get(k))
