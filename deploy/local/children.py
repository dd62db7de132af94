"""Child processes that end with their parent, however the parent ends."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy.local.cannot import Cannot, last_line

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02

# Loaded before any fork: loading a library between fork and exec may deadlock.
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """A user of this machine, by number, that a child process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """What to run: name for people, arguments, environment, log, account.

    Without a log it speaks where we speak. `when_orphaned` is the signal the kernel
    sends when the parent dies; `stop` asks for an orderly end.
    """

    name: str
    argv: Sequence[str]
    log: Path | None
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    folder: Path | None = None
    stop: signal.Signals = signal.SIGTERM
    when_orphaned: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Child:
    """A running program."""

    program: Program
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def is_running(self) -> bool:
        """Say whether the process has not ended."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the orderly stop signal, if there is anybody to hear it."""
        if self.is_running():
            self.process.send_signal(self.program.stop)

    def stop(self, seconds: float = 20) -> bool:
        """Stop in order within `seconds`, else kill; say whether it was in order."""
        self.ask_to_stop()
        return self.ends_by(time.monotonic() + seconds)

    def ends_by(self, deadline: float) -> bool:
        """Wait until the monotonic `deadline`, then kill; say whether it ended."""
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()


def start(program: Program) -> Child:
    """Start a child that dies with us. Call it from the main thread only.

    The kernel's parent-death signal follows the *thread* that forked: a child of a
    worker thread would die as soon as that thread ends.
    """
    account = program.account
    with ExitStack() as opened:
        log = opened.enter_context(_new_log(program.log)) if program.log else None
        process = subprocess.Popen(  # noqa: S603 -- our own fixed programs.
            list(program.argv),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
            env=dict(program.environment) if program.environment is not None else None,
            cwd=program.folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # A session of its own: the terminal's Ctrl-C reaches the parent only.
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid(), program.when_orphaned),  # noqa: PLW1509 -- there is no other moment after the change of user and before exec.
        )
    return Child(program, process)


def _new_log(path: Path) -> BinaryIO:
    """Open one log for one start; that of the start before stays beside it."""
    if path.exists():
        path.replace(path.with_suffix(".previous.log"))
    return path.open("wb")


def _die_with_parent(parent: int, when_orphaned: signal.Signals) -> Callable[[], None]:
    def arrange() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(when_orphaned))
        if os.getppid() != parent:  # The parent died before we could ask.
            os._exit(1)

    return arrange


def wait_until(child: Child, ready: Callable[[], bool], seconds: float) -> None:
    """Wait until `ready()`; raise `Cannot` when the child ends or time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.is_running():
            raise Cannot(why_ended(child))
        if time.monotonic() > deadline:
            name, log = child.program.name, child.program.log
            message = f"{name} was not ready after {seconds:.0f} s; see {log}"
            raise Cannot(message)
        time.sleep(POLL_SECONDS)


def why_ended(child: Child) -> str:
    """Say in one line how a child ended, in its own last words."""
    name, log, code = child.program.name, child.program.log, child.process.returncode
    if log is None:
        return f"{name} ended with code {code}"
    return f"{name} ended: {last_line(log.read_text(errors='replace'))} (see {log})"
