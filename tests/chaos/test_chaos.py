"""Twenty faults on the whole system: nothing lost, doubled, reordered or invented."""

import asyncio
import os
import sys
from pathlib import Path

from tests.chaos.go import Wanted, go
from tests.chaos.history import History
from tests.chaos.system import Shape
from tests.stack import temporary_folder

SEED = int(os.environ.get("QINGXIN_CHAOS_SEED") or 20)
# Those that recover within seconds; `make chaos` draws from all kinds.
KINDS = (
    *("kill", "term", "pause", "zombie", "link-cut", "link-slow", "link-mute"),
    *("broker-kill", "postgres-kill", "postgres-restart", "rebalance", "twice"),
    *("foreign", "clock-step"),
)


def test_twenty_faults_break_no_promise(tmp_path: Path) -> None:
    sys.stdout.write(f"QINGXIN_CHAOS_SEED={SEED}\n")
    shape = Shape(twins=("routing",), small_disks=False)
    wanted = Wanted(20, SEED, KINDS, (1.0, 5.0), side_by_side=5, shape=shape)
    history = History(tmp_path / "history.jsonl", str(SEED))
    with temporary_folder() as state:
        went = asyncio.run(go(state, wanted, history, print))
    assert went.broken == []
    assert len(went.faults) == 20
    assert went.acts["ok"] > 20
