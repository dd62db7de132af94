"""What runs, where, whether it is ready, and how much memory it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports, running
from deploy.local.alone import supervisor
from deploy.local.stack import SERVERS, is_ready

# Fields of /proc/<pid>/stat, counted after the name.
STATE_FIELD = 0
SESSION_FIELD = 3
ENDED = "Z"
KIB = 1024


@dataclass(frozen=True)
class Part:
    """One running part of the system."""

    name: str
    pid: int
    address: str
    ready: bool
    memory_bytes: int


@dataclass(frozen=True)
class Status:
    """The supervisor, if one runs, and its parts."""

    supervisor: int | None
    parts: tuple[Part, ...]

    @property
    def is_ready(self) -> bool:
        """Whether everything serves."""
        return bool(self.parts) and all(part.ready for part in self.parts)

    @property
    def memory_bytes(self) -> int:
        """The sum of the parts' proportional set sizes."""
        return sum(part.memory_bytes for part in self.parts)


def status(state: Path) -> Status:
    """Look at a state folder's supervisor and at each of its parts."""
    pid = supervisor(state)
    if pid is None:
        return Status(None, ())
    memory = memory_by_session()
    parts = [_part(name, entry, memory) for name, entry in running.parts(state).items()]
    return Status(pid, tuple(parts))


def _part(name: str, entry: Mapping[str, object], memory: Mapping[int, int]) -> Part:
    pid, address = int(str(entry["pid"])), str(entry["address"])
    ready = (
        ports.answers(int(address.rpartition(":")[2]))
        if name in SERVERS
        else is_ready(address)
    )
    return Part(name, pid, address, ready, memory.get(pid, 0))


def memory_by_session() -> dict[int, int]:
    """Return bytes of proportional set size by session: a part and its children.

    Pages shared by several processes are counted once, in shares. Processes we may
    not look into count nothing.
    """
    return {
        session: sum(_proportional(process) for process in processes)
        for session, processes in sessions().items()
    }


def sessions() -> dict[int, list[Path]]:
    """Return the living processes of this machine, as /proc folders, by session.

    Each part of the system leads a session of its own.
    """
    found: dict[int, list[Path]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The name in parentheses may hold spaces.
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended while we looked.
        if fields[STATE_FIELD] != ENDED:
            found.setdefault(int(fields[SESSION_FIELD]), []).append(process)
    return found


def _proportional(process: Path) -> int:
    try:
        text = (process / "smaps_rollup").read_text()
    except OSError:
        return 0  # Ended by now, or another user's.
    sizes = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
    return sum(int(size) for size in sizes) * KIB
