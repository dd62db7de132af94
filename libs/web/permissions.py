"""Who may do what: the permission table, command by role, read from its file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from libs.web.callers import Caller
from libs.web.languages import Said
from libs.web.problems import More, Problem


class Power(StrEnum):
    """A letter of the table."""

    PROPOSE = "P"
    DECIDE = "D"
    REVIEW = "R"
    VIEW = "V"


Permission = frozenset[Power]
FILES = (
    "permissions.toml", "permissions-channels.toml", "permissions-clocks.toml",
    "permissions-duties.toml", "permissions-groups.toml",
    "permissions-informants.toml", "permissions-messages.toml",
    "permissions-patrols.toml", "permissions-persons.toml", "permissions-risk.toml",
    "permissions-sheets.toml", "permissions-supervision.toml",
    "permissions-tracks.toml",
)  # fmt: skip
NONE: Permission = frozenset()
ACT: Permission = frozenset({Power.DECIDE})


@dataclass(frozen=True)
class Row:
    """One command of the table: what it is called, and the letters of each role."""

    command: str
    words: Said
    powers: Mapping[str, Permission]


@dataclass(frozen=True)
class Table:
    """The whole table, and what the roles are called."""

    roles: Mapping[str, Said]
    rows: Mapping[str, Row]


@cache
def table() -> Table:
    """Return the table of its files; raises ValueError when it is wrong."""
    texts = (files("libs.web").joinpath(name).read_text("utf-8") for name in FILES)
    return parsed("\n".join(texts))


def parsed(text: str) -> Table:
    """Read a permission table; an unknown role or letter is a ValueError."""
    raw = tomllib.loads(text)
    roles = {role: Said(*words) for role, words in raw.pop("roles").items()}
    rows = {command: _row(command, row, roles) for command, row in raw.items()}
    return Table(roles, rows)


def may(role: str, command: str) -> Permission:
    """Return the letters that a role has for a command; none is an empty set.

    Raises LookupError for a command that is not in the table.
    """
    return table().rows[command].powers.get(role, NONE)


def who_may(command: str, powers: Permission = ACT) -> tuple[str, ...]:
    """Return the roles that have one of these letters, in the table's order."""
    held = table().rows[command].powers
    return tuple(role for role in table().roles if held.get(role, NONE) & powers)


def require(caller: Caller, command: str, powers: Permission = ACT) -> None:
    """Raise 403 `not-permitted`, naming who may, unless the role has a letter."""
    if may(caller.actor.role, command) & powers:
        return
    roles = who_may(command, powers)
    raise Problem(
        "not-permitted",
        _refusal(table().rows[command].words, roles),
        more=More(members={"may": list(roles), "command": command}),
    )


def _refusal(words: Said, roles: tuple[str, ...]) -> Said:
    named = [table().roles[role] for role in roles]
    zh = "、".join(name.zh for name in named)
    en = ", ".join(name.en for name in named)
    return Said(
        f"「{words.zh}」由以下岗位办理：{zh}。",
        f"“{words.en}” is for: {en}.",
    )


def _row(command: str, row: Mapping[str, object], roles: Mapping[str, Said]) -> Row:
    letters = {**row}
    words = letters.pop("words")
    if not (isinstance(words, list) and len(words) == 2):  # noqa: PLR2004 -- zh and en
        raise ValueError(f"{command}: words are [zh, en]")
    held: dict[str, set[Power]] = {}
    for letter, listed in letters.items():
        for role in _roles(command, listed, roles):
            held.setdefault(role, set()).add(Power(letter))
    powers = {role: frozenset(letters) for role, letters in held.items()}
    return Row(command, Said(str(words[0]), str(words[1])), powers)


def _roles(command: str, listed: object, roles: Mapping[str, Said]) -> list[str]:
    names = listed.split() if isinstance(listed, str) else []
    unknown = [name for name in names if name not in roles]
    if unknown or not names:
        raise ValueError(f"{command}: unknown or missing roles {unknown}")
    return names
