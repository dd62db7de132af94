"""Words of a service's pages: message catalogues by language and dotted key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from libs.web.languages import Language


@dataclass(frozen=True)
class Words:
    """One language's catalogue."""

    language: Language
    said: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a message with its values; raises KeyError for an unknown key."""
        return self.said[key].format(**values)

    def of(self, kind: str, code: object) -> str:
        """Return the word for a code; a code without one is shown as it is."""
        return self.said.get(f"{kind}.{code}", str(code))

    def knows(self, key: str) -> bool:
        """Say whether there is such a message."""
        return key in self.said


@cache
def catalogue(folder: Path, language: Language) -> Words:
    """Return a language's catalogue: the TOML files of its folder, read once."""
    said: dict[str, str] = {}
    for path in sorted((folder / language).glob("*.toml")):
        said |= flat(tomllib.loads(path.read_text("utf-8")))
    return Words(language, said)


def flat(table: Mapping[str, object], before: str = "") -> dict[str, str]:
    """Return nested tables as dotted keys; raises TypeError for what is no text."""
    said: dict[str, str] = {}
    for name, value in table.items():
        match value:
            case str():
                said[f"{before}{name}"] = value
            case dict():
                said |= flat(value, f"{before}{name}.")
            case _:
                raise TypeError(f"{before}{name} is neither text nor a table")
    return said
