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


def worse(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """Return what got worse by more than `SLACK`: by name, with both ratios.

    A name that starts as a time (its goal is an upper bound) is worse when it grows.
    """
    return [
        f"{name}: {before[name]:.2f} before, {value:.2f} now"
        for name, value in after.items()
        if name in before and value * SLACK < before[name]
    ]


def ratios(text: str) -> dict[str, float]:
    """Return a part's ratios by name, turned so that more is better."""
    found = {}
    for each in json.loads(text)["ratios"]:
        value = each["ratio"]
        if value:
            found[each["name"]] = 1 / value if each["most"] is not None else value
    return found


def main() -> int:
    """Compare the ratios that stand here with those of the last commit."""
    complaints = [line for file, now in _measured() for line in _compared(file, now)]
    for line in complaints:
        print(line, file=sys.stderr)  # noqa: T201
    print(f"{len(complaints)} ratios got worse")  # noqa: T201
    return 1 if complaints else 0


def _measured() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.glob("*.json")):
        yield str(path), path.read_text()


def _compared(file: str, now: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 -- git, and a path of ours.
        ["git", "show", f"HEAD:{file}"],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return []
    return worse(ratios(done.stdout), ratios(now))


if __name__ == "__main__":
    sys.exit(main())
