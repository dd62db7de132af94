"""A supervisor over stand-in services, run as a process of its own by the tests."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import running
from deploy.local.places import REPOSITORY
from deploy.local.status import sessions
from tests.eventually import eventually

START_SECONDS = 90


@dataclass(frozen=True)
class Supervised:
    """A running supervisor and its state folder."""

    process: subprocess.Popen[str]
    state: Path

    def pids(self) -> dict[str, int]:
        """Return the process id of each part."""
        found = running.parts(self.state)
        return {name: int(str(part["pid"])) for name, part in found.items()}

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the supervisor itself; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(START_SECONDS)


async def are_gone(pids: Mapping[str, int]) -> bool:
    """Say whether every part, with its children, has ended."""
    return not survivors(pids)


def survivors(pids: Mapping[str, int]) -> list[str]:
    """Return the parts of which a process, or a child of one, is alive."""
    alive = sessions()
    return [name for name, pid in pids.items() if pid in alive]


def launch(state: Path, **settings: str) -> subprocess.Popen[str]:
    """Start a supervisor without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.fake_services"],
        env=dict(os.environ) | {"QINGXIN_STATE": str(state)} | settings,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@asynccontextmanager
async def supervised(state: Path, **settings: str) -> AsyncIterator[Supervised]:
    """Yield a supervisor whose system is ready; end it after."""
    process = launch(state, **settings)
    try:
        await eventually(lambda: _is_up(process, state), START_SECONDS)
        yield Supervised(process, state)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=START_SECONDS)


async def _is_up(process: subprocess.Popen[str], state: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(process.stdout.read() if process.stdout else "")
    return bool(running.parts(state))
