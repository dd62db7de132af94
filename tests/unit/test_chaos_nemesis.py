"""What cannot be mended is told, and who strikes nobody has not struck."""

import random
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.local.children import Program, start
from tests.chaos import fault
from tests.chaos.fault import NotHealed
from tests.chaos.history import lines
from tests.chaos.nemesis import Nemesis
from tests.chaos.standing import Standing, client, saying
from tests.chaos.system import Part
from tests.eventually import eventually

DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True:
    signal.pause()
"""


class Broken(Standing):
    """No process can be begun again."""

    def begin(self, part: Part) -> None:
        raise OSError(part.name)


class Calm(Nemesis):
    """All is well again at once."""

    async def well(self) -> None:
        return


def nemesis(folder: Path, system: Standing) -> Nemesis:
    asking = client(folder / "history.jsonl", saying((200, {})))
    dice = random.Random(1)
    hands = Calm(system, asking, asking.history, dice, ("kill",), (0.0, 0.0))
    hands.patience = 0.0
    return hands


async def test_what_cannot_be_mended_is_told(tmp_path: Path) -> None:
    striking = nemesis(tmp_path, Broken("routing"))
    with pytest.raises(NotHealed, match="kill routing is not mended: OSError"):
        await striking.wave(1)
    assert striking.done == []


async def test_a_target_that_is_dead_already_is_missed(tmp_path: Path) -> None:
    striking = nemesis(tmp_path, Standing("routing"))
    await striking.wave(1)
    told: list[dict[str, Any]] = list(lines(tmp_path / "history.jsonl"))
    assert [one["what"] for one in told[:3]] == ["strike", "missed", "mended"]
    assert (told[1]["target"], told[1]["error"]) == ("routing", "Missed")
    assert striking.done == []


async def test_a_process_that_does_not_end_when_asked_is_told(tmp_path: Path) -> None:
    log = tmp_path / "deaf.log"
    system = Standing("routing")
    [part] = system.parts.values()
    part.child = start(Program("deaf", [sys.executable, "-c", DEAF], log))

    async def is_deaf() -> bool:
        return "deaf" in log.read_text()

    await eventually(is_deaf)
    term = fault.term(system, random.Random(1), 0.0)
    await term.strike()
    with pytest.raises(NotHealed, match=r"routing went on .* after SIGTERM"):
        await term.mend()
    assert not part.child.is_running()
    assert system.begun == ["routing"]
