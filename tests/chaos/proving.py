"""The checker proved: `python -m tests.chaos.proving [BUG…]`, each bug let in alone.

A bug is given up to fifty faults of the kinds that show it; the table says after how
many it was caught, and by what. `histories/proved.jsonl` keeps what was found.
"""

import asyncio
import json
import sys

from tests.chaos.broken import Broken
from tests.chaos.bugs import ALL
from tests.chaos.go import Wanted, go, hush
from tests.chaos.history import History
from tests.chaos.kept import PROVED
from tests.chaos.results import FOLDER, write
from tests.chaos.system import Shape
from tests.stack import temporary_folder

MOST, EACH = 50, 5


def main(names: list[str]) -> int:
    """Let each bug in; 1 when one of them was not caught."""
    hush()
    caught = [_is_caught(name) for name in names or list(ALL)]
    write()
    return 0 if all(caught) else 1


def _is_caught(name: str) -> bool:
    faults = 0
    while faults < MOST:
        faults += EACH
        broken = _gone(name, faults)
        if broken:
            kinds = sorted({one.kind for one in broken})
            _keep({"bug": name, "faults": faults, "by": kinds})
            return True
    _keep({"bug": name, "faults": faults, "by": []})
    return False


def _gone(name: str, seed: int) -> list[Broken]:
    history = History(FOLDER / f"bug-{name}.jsonl", name)
    shape = Shape(twins=(), bug=name, small_disks=False)
    wanted = Wanted(
        EACH, seed, ALL[name].faults, (1.0, 4.0), side_by_side=1, shape=shape
    )
    with temporary_folder() as state:
        went = asyncio.run(go(state, wanted, history, _say))
    for one in went.broken[:5]:
        _say(f"{name}: {one.kind}: {one.where}")
    return went.broken


def _keep(found: dict[str, object]) -> None:
    PROVED.parent.mkdir(parents=True, exist_ok=True)
    with PROVED.open("a") as sink:
        sink.write(json.dumps(found) + "\n")
    _say(json.dumps(found))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
