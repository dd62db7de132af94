"""Released sets: every event's schema as it stood at a release, never changed after.

`python -m tests.contract.releasing NAME` adds the set of now; `--without LABEL` leaves
out what is not promised yet. What is said later must keep the promise of every set: an
event may grow by optional fields, or in versions.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from tests.contract.frozen import FOLDER, PRETTY, breaks, everything_said, schema_of

SETS = FOLDER / "released"
SUMS = "sha256"

Schemas = Mapping[str, Mapping[str, Any]]


@cache
def now() -> dict[str, Mapping[str, Any]]:
    """Return what is promised now: a schema for each event and version."""
    return {said.label: schema_of(said.type) for said in everything_said()}


def broken(released: Schemas, current: Schemas) -> Iterator[str]:
    """Yield how what is said now breaks a released set, an event a line."""
    for label, before in released.items():
        if label not in current:
            yield f"{label} is gone: what was released stays readable for ever."
        elif how := breaks(before, current[label]):
            yield f"{label}: {how} changed. Give the event a new version."


def sets(folder: Path) -> dict[str, bytes]:
    """Return the released sets by name, as they are stored."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}


def sums(folder: Path) -> dict[str, str]:
    """Return the digest that each set had when it was released."""
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    return {name: digest for digest, name in map(str.split, lines)}


def edited(folder: Path) -> list[str]:
    """Return the names of sets that are not as they were released, or are gone."""
    found = {name: _sum(text) for name, text in sets(folder).items()}
    return sorted({name for name, _ in found.items() ^ sums(folder).items()})


def release(name: str, folder: Path, without: Iterable[str] = ()) -> str | None:
    """Add the set of now, without some, under a name; return why not, if not."""
    path = folder / f"{name}.json"
    if path.exists():
        return f"{name} is released already: choose another name."
    for text in sets(folder).values():
        for complaint in broken(orjson.loads(text), now()):
            return complaint
    folder.mkdir(exist_ok=True)
    promised = {label: said for label, said in now().items() if label not in without}
    path.write_bytes(orjson.dumps(promised, option=PRETTY))
    with (folder / SUMS).open("a", encoding="utf-8") as kept:
        kept.write(f"{_sum(path.read_bytes())} {name}\n")
    return None


def _sum(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def main() -> int:
    """Release; exit 1 with the reason when it can't be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the set, for example 1.0.0")
    parser.add_argument("--without", nargs="*", default=[], metavar="LABEL")
    asked = parser.parse_args()
    complaint = release(asked.name, SETS, asked.without)
    if complaint:
        sys.stderr.write(f"{complaint}\n")
    return 1 if complaint else 0


if __name__ == "__main__":
    sys.exit(main())
