"""`make chaos N=1000 SEED=1`: faults in several goes; begun again, it goes on.

The history is `.local/chaos/history-<brokers>.jsonl`; a go that was checked is packed
into `histories` here, and all that lie there make the table, `RESULTS.md`.
BROKERS=3 runs three with replication 3. GO: how many faults between two checks; SIDE:
up to how many of them at once.
"""

import asyncio
import os
import platform
import shutil
import sys
from pathlib import Path

from tests.chaos import results
from tests.chaos.go import Wanted, go, hush
from tests.chaos.history import History
from tests.chaos.kept import keep
from tests.chaos.system import Shape
from tests.stack import temporary_folder


def main() -> int:
    """Go on until the history has N faults; 1 when a promise was broken."""
    hush()
    told = os.environ.get
    wanted, seed = int(told("N") or 1000), int(told("SEED") or 1)
    brokers, each = int(told("BROKERS") or 1), int(told("GO") or 50)
    file = results.FOLDER / f"history-{brokers}.jsonl"
    while (done := results.of(file).count) < wanted:
        one = _wanted(min(each, wanted - done), seed * 1_000_000 + done, brokers)
        _say(f"{done} of {wanted} faults; seed {one.seed}")
        broken = _gone(one, file)
        results.write()
        if broken:
            return 1
    results.write()
    found = results.of(file)
    _say(f"{found.count} faults, nothing broken: see {results.RESULTS.name}")
    _say(f"{found.cut_off} goes ended before their check: they count for nothing")
    return 0


def _wanted(faults: int, seed: int, brokers: int) -> Wanted:
    low, high = (float(s) for s in (os.environ.get("HOLD") or "5-40").split("-"))
    side = int(os.environ.get("SIDE") or 6)
    shape = Shape(brokers=brokers)
    return Wanted(faults, seed, seconds=(low, high), side_by_side=side, shape=shape)


def _gone(one: Wanted, file: Path) -> int:
    run = History(file, f"{one.seed}")
    settings = {"side": one.side_by_side, "seconds": one.seconds}
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    run.note(
        "go", seed=one.seed, brokers=one.shape.brokers, machine=machine, **settings
    )
    with temporary_folder() as state:
        try:
            went = asyncio.run(go(state, one, run, _say))
        finally:
            kept = results.FOLDER / "logs"
            shutil.copytree(state / "logs", kept, dirs_exist_ok=True)
    run.note("checked", seed=one.seed, seconds=round(went.seconds))
    keep(file, one.shape.brokers)
    for broken in went.broken[:20]:
        _say(f"BROKEN {broken.kind}: {broken.where}")
    _say(f"{len(went.faults)} faults, {went.acts}, {went.seconds:.0f} s")
    _say(f"repeats of what had been answered: {went.repeats}")
    return len(went.broken)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
