"""One supervisor for one state folder, by a lock the kernel drops with the process."""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.cannot import Cannot

FILE = "supervisor.pid"
# struct flock of 64-bit Linux: type, whence, start, length (0: all), pid (0: none).
FLOCK = "hhqqi4x"
WHOLE_FILE = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the folder; raise `Cannot` when another supervisor does."""
    with (state / FILE).open("a+") as lock:
        try:
            fcntl.fcntl(lock, fcntl.F_OFD_SETLK, WHOLE_FILE)
        except BlockingIOError as error:
            message = (
                f"Already running (process {supervisor(state)}):"
                " see `qingxin status`, or end it with `qingxin down`."
            )
            raise Cannot(message) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def supervisor(state: Path) -> int | None:
    """Return the process id of the running supervisor, or None.

    The lock is asked about, never taken: a starting supervisor must not meet us.
    """
    file = state / FILE
    if not file.exists():
        return None
    with file.open("r+") as lock:
        answer = fcntl.fcntl(lock, fcntl.F_OFD_GETLK, WHOLE_FILE)
        if struct.unpack(FLOCK, answer)[0] == fcntl.F_UNLCK:
            return None
        return int(lock.read() or 0) or None
