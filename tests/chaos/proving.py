"""The checker proved: `python -m tests.chaos.proving [BUG…]`, each bug let in alone.

A bug is given up to fifty faults of the kinds that show it; the table says after how
many it was caught, and by what. Last comes a go without a bug that has to pass.
`histories/proved.jsonl` keeps what was found, with the last go's seed and the day.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

from tests.chaos.broken import Broken
from tests.chaos.bugs import ALL
from tests.chaos.go import Wanted, go, hush
from tests.chaos.history import History
from tests.chaos.kept import NO_BUG, PROVED
from tests.chaos.results import FOLDER, write
from tests.chaos.system import Shape
from tests.stack import temporary_folder

MOST, EACH, ROUNDS = 50, 5, 2


def main(names: list[str]) -> int:
    """Let each bug in; 1 when one was not caught, or something where none was."""
    hush()
    caught = [_is_caught(name) for name in names or list(ALL)]
    is_silent = _is_silent()
    write()
    return 0 if all(caught) and is_silent else 1


def _is_caught(name: str) -> bool:
    faults, broken = 0, list[Broken]()
    while faults < MOST and not broken:
        faults += EACH
        broken = _gone(name, faults, Wanted(EACH, faults, ALL[name].faults))
    _keep(name, faults, faults, broken)
    return bool(broken)


def _is_silent() -> bool:
    """Run a go of the same shape and of all those faults, without a bug."""
    kinds = sorted({kind for bug in ALL.values() for kind in bug.faults})
    faults = len(kinds) * ROUNDS
    broken = _gone(NO_BUG, faults, Wanted(faults, faults, tuple(kinds)))
    _keep(NO_BUG, faults, faults, broken)
    return not broken


def _gone(name: str, seed: int, wanted: Wanted) -> list[Broken]:
    history = History(FOLDER / f"bug-{name}.jsonl", f"{name}-{seed}")
    bug = "" if name == NO_BUG else name
    shape = Shape(twins=(), bug=bug, small_disks=False)
    wanted = replace(wanted, seconds=(1.0, 4.0), side_by_side=1, shape=shape)
    with temporary_folder() as state:
        went = asyncio.run(go(state, wanted, history, _say))
    for one in went.broken[:5]:
        _say(f"{name}: {one.kind}: {one.where}")
    return went.broken


def _keep(name: str, faults: int, seed: int, broken: list[Broken]) -> None:
    by = sorted({one.kind for one in broken})
    on = datetime.now(UTC).date().isoformat()
    found = {"bug": name, "faults": faults, "by": by, "seed": seed, "on": on}
    PROVED.parent.mkdir(parents=True, exist_ok=True)
    with PROVED.open("a") as sink:
        sink.write(json.dumps(found) + "\n")
    _say(json.dumps(found))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
