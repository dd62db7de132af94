"""The profiles at hand: files in this folder, or a file named by its path."""

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from services.intake.profiles.profile import Profile

FOLDER = Path(__file__).parent
_NOT_PROFILES = frozenset({"employer-words.toml", "header-words.toml"})


class ProfileInvalid(Exception):
    """A profile file that can't be used; `problems` say where and why, one a line."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"{name}: {'; '.join(problems)}")
        self.name = name
        self.problems = problems


class ProfileUnknown(Exception):
    """No profile of that name; `names` are those there are."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        super().__init__(f"no profile `{name}`; there are: {', '.join(names)}")
        self.name = name
        self.names = names


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles in this folder."""
    files = (path for path in FOLDER.glob("*.toml") if path.name not in _NOT_PROFILES)
    return tuple(sorted(path.stem for path in files))


@lru_cache(maxsize=64)
def profile(name: str) -> Profile:
    """Return a profile by name; raises `ProfileUnknown`, `ProfileInvalid`."""
    if name not in profile_names():
        raise ProfileUnknown(name, profile_names())
    return load_profile(FOLDER / f"{name}.toml")


def released_text(name: str) -> str:
    """Return the TOML of a profile in this folder; raises `ProfileUnknown`."""
    if name not in profile_names():
        raise ProfileUnknown(name, profile_names())
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def load_profile(path: Path) -> Profile:
    """Read a profile file; raises `ProfileInvalid` with every problem it has."""
    try:
        return read_profile(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as broken:
        raise ProfileInvalid(path.name, ("cannot be read as UTF-8 text",)) from broken


@lru_cache(maxsize=256)
def read_profile(name: str, text: str) -> Profile:
    """Read a profile from its text; raises `ProfileInvalid`."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise ProfileInvalid(name, (str(broken),)) from broken
    except ValidationError as wrong:
        problems = tuple(
            f"{'.'.join(str(part) for part in problem['loc']) or 'file'}:"
            f" {problem['msg']}"
            for problem in wrong.errors(include_input=False, include_url=False)
        )
        raise ProfileInvalid(name, problems) from wrong
