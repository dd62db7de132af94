"""Writing a profile as TOML: what is written is read back as the same profile."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NESTED = ("columns", "codes")
"""Tables with a table of their own for each meaning."""


def profile_toml(said: Mapping[str, Any]) -> str:
    """Return a profile's TOML: plain keys, then its tables, in the order given."""
    plain = {key: value for key, value in said.items() if not _is_table(value)}
    blocks = [_pairs(plain)]
    for key, value in said.items():
        if key in plain:
            continue
        if key in _NESTED:
            blocks += [
                f"[{key}.{_key(inner)}]\n{_pairs(part)}"
                for inner, part in value.items()
            ]
        else:
            blocks.append(f"[{_key(key)}]\n{_pairs(value)}")
    return "\n".join(blocks)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and not set(value) <= {"zh", "en"}


def _pairs(said: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in said.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case Sequence():
            return f"[{', '.join(_value(one) for one in value)}]"
        case _:
            raise TypeError(type(value).__name__)


def _text(text: str) -> str:
    # JSON's texts are TOML's, but for one control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
