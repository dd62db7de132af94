"""A service's end does not wait for a rebuild that does not hear."""

import sys
from pathlib import Path

from libs.service.rebuilder import Rebuilder
from tests.eventually import eventually

DEAF = """
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
signal.pause()
"""


async def test_a_rebuild_that_does_not_hear_is_ended(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    rebuilder = Rebuilder("reporting", (sys.executable, "-c", DEAF, str(ready)))
    await rebuilder.begin("clue")

    async def is_deaf() -> bool:
        return ready.exists()

    await eventually(is_deaf)
    assert rebuilder.busy
    await rebuilder.stop(seconds=0.05)
    assert not rebuilder.busy
