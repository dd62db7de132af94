"""Starting the supervisor without a terminal, and ending it from another one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.local import kept
from deploy.local.alone import supervisor
from deploy.local.cannot import Cannot, last_line
from deploy.local.children import POLL_SECONDS
from deploy.local.places import REPOSITORY
from deploy.local.plan import Plan
from deploy.local.status import status

START_SECONDS = 300
END_SECONDS = 60


def up(plan: Plan, command: Sequence[str] = ("-m", "deploy.local", "up")) -> None:
    """Start a supervisor that outlives us; return when everything is ready.

    Raises `Cannot` with the supervisor's own reason when it can't start.
    """
    kept.open_folder(plan.state)
    log = plan.state / "logs" / "supervisor.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- ourselves.
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(plan.environment) | {"QINGXIN_STATE": str(plan.state)},
            cwd=REPOSITORY,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not status(plan.state).is_ready:
        if process.poll() is not None:
            raise Cannot(_reason(log))
        if time.monotonic() > deadline:
            message = f"Not ready after {START_SECONDS} s; see {log}"
            raise Cannot(message)
        time.sleep(POLL_SECONDS * 10)


def down(state: Path) -> bool:
    """End the supervisor in order; say whether there was one.

    Raises `Cannot` when it does not end in time or is another user's.
    """
    pid = supervisor(state)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError as error:
        message = f"Process {pid} is another user's: end it as that user."
        raise Cannot(message) from error
    deadline = time.monotonic() + END_SECONDS
    while supervisor(state) == pid:
        if time.monotonic() > deadline:
            message = f"Process {pid} has not ended after {END_SECONDS} s."
            raise Cannot(message)
        time.sleep(POLL_SECONDS)
    return True


def _reason(log: Path) -> str:
    return last_line(log.read_text(errors="replace")).removeprefix("qingxin: ")
