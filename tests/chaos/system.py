"""The system under faults: servers and services of its own, each behind its links."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import databases, kept, postgres, topics
from deploy.local.cannot import Cannot
from deploy.local.children import Child, Program, start
from deploy.local.issuer.minting import issuer_of
from deploy.local.issuer.settings import settings_from
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.settings import Servers, Settings
from deploy.local.stack import is_ready
from tests.chaos.brokers import Broker, Brokers, cluster
from tests.chaos.holding import held
from tests.chaos.links import Link
from tests.chaos.unready import ended, unready

READY_SECONDS = 300
LOOK_SECONDS = 0.1
STOP_SECONDS = 60
DISK_MEGABYTES = 700
FAST = {"QINGXIN_SESSION_MS": "6000", "QINGXIN_HEARTBEAT_MS": "2000"}


@dataclass(frozen=True)
class Shape:
    """What is run: how many brokers, which services twice, which bug is let in."""

    brokers: int = 1
    twins: tuple[str, ...] = ("intake", "routing")
    bug: str = ""
    small_disks: bool = True


@dataclass
class Part:
    """One process of a service, and its links to PostgreSQL and to each broker."""

    name: str
    service: str
    port: int
    links: list[Link]
    child: Child | None = None

    @property
    def address(self) -> str:
        """Where its door is."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def lives(self) -> bool:
        """Whether its process runs."""
        return self.child is not None and self.child.is_running()

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; say whether there was anybody to hear it.

        An end at once ends what it has begun, too, as with a container.
        """
        if self.child is None or not self.child.is_running():
            return False
        if number == signal.SIGKILL:
            os.killpg(self.child.pid, number)
        else:
            self.child.process.send_signal(number)
        return True


@dataclass
class System:
    """Everything at work; servers are reached directly by `admin` and `kafka`.

    `grace` is how many seconds a process may take to end when it is asked to.
    """

    state: Path
    shape: Shape
    settings: Settings
    place: postgres.Place
    password: str
    database_port: int
    brokers: Brokers
    parts: dict[str, Part]
    issuer: Child | None = None
    server: postgres.Postgres | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    clock_offset: int = 0
    grace: float = STOP_SECONDS

    @property
    def kafka(self) -> str:
        """The brokers' addresses without links."""
        return self.brokers.bootstrap

    @property
    def links(self) -> list[Link]:
        """Every link."""
        return [link for part in self.parts.values() for link in part.links]

    def of(self, service: str) -> list[Part]:
        """Return a service's processes."""
        return [part for part in self.parts.values() if part.service == service]

    def token(self, who: str) -> str:
        """Return an officer's access token."""
        if who not in self.tokens:
            issuer = issuer_of(settings_from(self.settings.of_issuer()))
            self.tokens[who] = issuer.access_token(who)
        return self.tokens[who]

    async def start(self) -> None:
        """Start everything; return once each process says it is ready."""
        for link in self.links:
            await link.start()
        for broker in self.brokers.all:
            self.brokers.begin(broker)
        self.begin_database()
        chosen = [self.settings.database(service) for service in SERVICES]
        await databases.provision(self.settings.servers.admin, chosen)
        migrations = [start(self._program(s, "migrate", s)) for s in SERVICES]
        self.issuer = start(self._issuer())
        self.brokers.await_ready()
        copies = min(self.shape.brokers, 3)
        await topics.provision(self.kafka, topics.declared(), copies)
        for migration in migrations:
            await asyncio.to_thread(migration.process.wait, READY_SECONDS)
            assert migration.process.returncode == 0, migration.program.log
        for part in self.parts.values():
            self.begin(part)
        await self._all_ready()

    async def _all_ready(self) -> None:
        """Wait for every process; raise Cannot, in its words, when one ends or hangs.

        Its servers are there: no first start needs a supervisor.
        """
        parts, until = self.parts.values(), time.monotonic() + READY_SECONDS
        while not await self.is_ready():
            if gone := ended(parts):
                raise Cannot("; ".join(gone))
            if time.monotonic() > until:
                raise Cannot("; ".join(await unready(parts)))
            await held(LOOK_SECONDS)

    def begin_database(self) -> None:
        """Start PostgreSQL, unless it runs."""
        if self.server is None or not self.server.child.is_running():
            postgres.await_previous(self.place.folder)
            self.server = postgres.launch(self.place, self.database_port, self.password)

    def begin(self, part: Part) -> None:
        """Start a service's process, unless it runs."""
        if not part.lives:
            part.child = start(self._program(part.service, "serve", part.name))

    async def is_ready(self) -> bool:
        """Say whether every process answers that it is ready."""
        asked = [
            asyncio.to_thread(is_ready, part.address) for part in self.parts.values()
        ]
        return all(await asyncio.gather(*asked))

    async def stop(self) -> None:
        """End every process that was started here."""
        for part in self.parts.values():
            part.signal(signal.SIGKILL)
            if part.child is not None:
                part.child.kill()
        for broker in self.brokers.all:
            if broker.child is not None:
                broker.child.process.send_signal(signal.SIGCONT)
                broker.child.kill()
        if self.issuer is not None:
            self.issuer.kill()
        if self.server is not None:
            await asyncio.to_thread(self.server.child.stop)
        for link in self.links:
            await link.stop()

    def _issuer(self) -> Program:
        return Program(
            "issuer",
            [sys.executable, "-m", "deploy.local.issuer", "serve"],
            self.state / "logs" / "issuer.log",
            self.settings.of_issuer(),
            folder=REPOSITORY,
        )

    def _program(self, service: str, verb: str, name: str) -> Program:
        told = self.settings.of_service(service) | FAST
        told.pop("QINGXIN_OTLP", None)
        if verb == "serve":
            part = self.parts[name]
            database, *ways = part.links
            # A rebuild that it begins goes by its link, too.
            for name_of in ("QINGXIN_DATABASE", "QINGXIN_OWNER_DATABASE"):
                told[name_of] = through(told[name_of], database.listens)
            told |= {
                "QINGXIN_PORT": str(part.port),
                "QINGXIN_KAFKA": ",".join(f"{LOOPBACK}:{w.listens}" for w in ways),
                "CHAOS_BUG": self.shape.bug,
            }
        module = "tests.chaos.child" if verb == "serve" else f"services.{service}"
        words = [service, verb] if verb == "serve" else [verb]
        log = self.state / "logs" / f"{name}-{verb}.log"
        argv = [sys.executable, "-m", module, *words]
        return Program(name, argv, log, told, folder=REPOSITORY)


def through(dsn: str, port: int) -> str:
    """Return a DSN that goes by a link."""
    parts = urlsplit(dsn)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{LOOPBACK}:{port}"))


def designed(state: Path, shape: Shape) -> System:
    """Lay a system out in a folder; nothing runs yet."""
    kept.open_folder(state)
    secret = kept.secret_for(state)
    password = secret("postgres")
    place = postgres.prepare(state, password)
    port = free_port()
    brokers = cluster(state, shape.brokers)
    ports = {name: free_port() for name in (*SERVICES, "issuer")}
    admin = postgres.dsn(port, "postgres", postgres.SUPERUSER, password)
    made = kept.Deployment(kept.SITE, "real", kept.SIMULATED_START)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QINGXIN_")}
    settings = Settings(
        state,
        made,
        Servers(admin, brokers.bootstrap, ports),
        secret,
        environment,
    )
    parts = dict(_parts(shape, ports, port, brokers))
    return System(state, shape, settings, place, password, port, brokers, parts)


def _parts(
    shape: Shape, ports: dict[str, int], database: int, brokers: Brokers
) -> Iterator[tuple[str, Part]]:
    for service in SERVICES:
        for twin in range(2 if service in shape.twins else 1):
            name = f"{service}-{twin + 1}"
            links = [Link(f"{name} to postgres", free_port(), database)]
            links += [_way(name, broker) for broker in brokers.all]
            door = free_port() if twin else ports[service]
            yield name, Part(name, service, door, links)


def _way(name: str, broker: Broker) -> Link:
    listens, target = free_port(), free_port()
    broker.doors[name.upper().replace("-", "")] = (target, listens)
    return Link(f"{name} to kafka-{broker.number}", listens, target)


@contextmanager
def small_disks(state: Path, shape: Shape) -> Iterator[list[Path]]:
    """Mount memory of a bounded size under both servers, where we may; else nothing."""
    folders = [state / "postgres", state / "kafka-1"] if shape.small_disks else []
    mounted = [folder for folder in folders if _mounted(folder)]
    try:
        yield mounted
    finally:
        for folder in mounted:
            _run("umount", "-l", str(folder))


def _mounted(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    size = f"size={DISK_MEGABYTES}m,mode=0711"
    return _run("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder))


def _run(word: str, *arguments: str) -> bool:
    program = shutil.which(word)
    if program is None or os.geteuid() != 0:
        return False
    argv = [program, *arguments]
    return subprocess.run(argv, check=False, capture_output=True).returncode == 0  # noqa: S603 -- fixed commands.
