"""The gate: a ratio may not fall far below the one that was last committed.

Ratios, never times: machines differ. `make bench-gate` after `make bench`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

from tests.bench.report import FOLDER

SLACK = 1.5
"""Twice measured, ratios differ by up to a quarter; this is twice as much."""
Ratios = Mapping[str, float | None]
"""By name; None: not held, or not measured."""


class Untold(Exception):
    """Git does not tell what was committed."""


def worse(before: Ratios, after: Ratios) -> list[str]:
    """Return what got worse by more than `SLACK`, or has no ratio any more."""
    lines = []
    for name, was in before.items():
        if not was:
            continue
        now = after.get(name)
        if name not in after:
            lines.append(f"{name}: {was:.2f} before, gone now")
        elif not now:
            lines.append(f"{name}: {was:.2f} before, not held or not measured now")
        elif now * SLACK < was:
            lines.append(f"{name}: {was:.2f} before, {now:.2f} now")
    return lines


def ratios(text: str) -> dict[str, float | None]:
    """Return a part's ratios by name, turned so that more is better."""
    found: dict[str, float | None] = {}
    for each in json.loads(text)["ratios"]:
        value = each["ratio"] or None
        if value is not None and each["less_is_better"]:
            value = 1 / value
        found[each["name"]] = value
    return found


def main() -> int:
    """Compare the ratios that stand here with those of the last commit."""
    try:
        complaints = [line for file in _committed() for line in _compared(file)]
    except Untold as why:
        print(f"git does not tell what was committed: {why}", file=sys.stderr)  # noqa: T201
        return 1
    for line in complaints:
        print(line, file=sys.stderr)  # noqa: T201
    print(f"{len(complaints)} ratios got worse")  # noqa: T201
    return 1 if complaints else 0


def _committed() -> Iterator[str]:
    told = _git("ls-tree", "--name-only", "HEAD", f"{FOLDER}/")
    return (file for file in told.splitlines() if file.endswith(".json"))


def _compared(file: str) -> list[str]:
    here = FOLDER / file.rpartition("/")[2]
    if not here.exists():
        return [f"{file} was committed, and is gone now"]
    return worse(ratios(_git("show", f"HEAD:{file}")), ratios(here.read_text()))


def _git(*words: str) -> str:
    """Return what git says; raises Untold."""
    try:
        done = subprocess.run(  # noqa: S603 -- git, and paths of ours.
            ["git", *words],  # noqa: S607
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as why:
        said = getattr(why, "stderr", None) or str(why)
        raise Untold(said.strip()) from None
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
