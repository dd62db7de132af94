"""The whole system as real processes, and how a test acts at its public doors."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from deploy.clockwork import Clockwork
from deploy.local import running
from deploy.local.issuer.minting import issuer_of
from deploy.local.issuer.settings import settings_from
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.settings import Settings
from deploy.local.status import status
from tests.eventually import eventually

START_SECONDS = 240
END_SECONDS = 60
PATIENCE = 30
OPERATOR = "op-01"
STALE, NOT_YET = 412, frozenset({403, 404, 503})

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One request to act: who asks which service for what."""

    who: str | None
    service: str
    path: str
    body: Body
    key: str = field(default_factory=lambda: str(uuid4()))
    on_something: bool = True
    """Whether If-Match names a version of something that exists."""
    address: str = ""
    """Of which of the service's processes; else the first one's."""


@dataclass
class Whole:
    """A running system: its settings, tokens, and processes."""

    state: Path
    settings: Settings
    process: subprocess.Popen[bytes]
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """Return an officer's access token."""
        if who not in self.tokens:
            issuer = issuer_of(settings_from(self.settings.of_issuer()))
            self.tokens[who] = issuer.access_token(who)
        return self.tokens[who]

    @asynccontextmanager
    async def client(
        self, service: str, who: str | None = None, address: str = ""
    ) -> AsyncIterator[httpx.AsyncClient]:
        """Open a service's door for an officer, or for the public."""
        headers = {"Accept-Language": "en"}
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        async with httpx.AsyncClient(
            base_url=address or self.settings.address(service),
            headers=headers,
            timeout=30,
        ) as client:
            yield client

    async def get(self, who: str | None, service: str, path: str, **query: str) -> Any:
        """Return the JSON answer to a question; an error is an AssertionError."""
        async with self.client(service, who) as client:
            answer = await client.get(path, params=query)
        assert not answer.is_error, answer.text
        return answer.json()

    async def do(self, act: Act) -> dict[str, Any]:
        """Act, waiting until the service has heard of what is named; return it.

        The version that stands is taken from the refusal of an unknown one.
        """
        async with self.client(act.service, act.who, act.address) as client:

            async def tried() -> dict[str, Any]:
                answer = await _asked(client, act)
                assert answer.status_code not in NOT_YET, answer.text
                if answer.is_error:
                    message = f"{act.path}: {answer.text}"
                    raise RuntimeError(message)
                said: dict[str, Any] = answer.json()
                return said

            return await eventually(tried, PATIENCE)

    async def settled(self) -> None:
        """Return once nothing is under way: every fact is everywhere."""
        async with httpx.AsyncClient() as client:
            address = self.settings.address
            await Clockwork(client, address, self.token(OPERATOR)).drained()

    @asynccontextmanager
    async def database(
        self, service: str, dsn: str | None = None
    ) -> AsyncIterator[asyncpg.Pool]:
        """Open a service's database as its own role, or by another DSN."""
        async with asyncpg.create_pool(
            dsn or self.settings.app_dsn(service), min_size=1, max_size=4
        ) as pool:
            yield pool

    async def cli(self, *words: str) -> "Said":
        """Run `qingxin` against the system."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "deploy.cli", *words),
            env=dict(os.environ) | {"QINGXIN_STATE": str(self.state)},
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())

    def pid(self, name: str) -> int:
        """Return the process id of a part."""
        return int(str(running.parts(self.state)[name]["pid"]))

    async def is_ready(self) -> bool:
        """Say whether every part serves."""
        found = await asyncio.to_thread(status, self.state)
        return found.is_ready


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


async def _asked(client: httpx.AsyncClient, act: Act) -> httpx.Response:
    headers = {"Idempotency-Key": act.key}
    if act.on_something:
        headers["If-Match"] = '"v0"'
    answer = await client.post(act.path, json=act.body, headers=headers)
    if answer.status_code == STALE and "ETag" in answer.headers:
        headers["If-Match"] = answer.headers["ETag"]
        answer = await client.post(act.path, json=act.body, headers=headers)
    return answer


@contextmanager
def a_whole(folder: Path, postgres: str, kafka: str) -> Iterator[Whole]:
    """Run a system with names of its own on servers that others use, too."""
    mark = f"e{uuid4().hex[:6]}"
    with running_whole(
        folder,
        QINGXIN_POSTGRES_DSN=postgres,
        QINGXIN_KAFKA=kafka,
        QINGXIN_TOPIC_PREFIX=f"{mark}.",
        QINGXIN_DATABASE_PREFIX=f"{mark}_",
    ) as found:
        yield found


@contextmanager
def running_whole(state: Path, **told: str) -> Iterator[Whole]:
    """Start the system in a state folder; end it, and everything it started, after."""
    state.mkdir(parents=True, exist_ok=True)
    log = state / "supervisor-output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up"],
            env=_plain_environment() | {"QINGXIN_STATE": str(state)} | told,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        asyncio.run(eventually(lambda: _is_up(process, state, log), START_SECONDS))
        yield Whole(state, running.settings(state), process)
    finally:
        _end(process)


def _plain_environment() -> dict[str, str]:
    """Return this process's environment without settings of another system."""
    return {k: v for k, v in os.environ.items() if not k.startswith("QINGXIN_")}


async def _is_up(process: subprocess.Popen[bytes], state: Path, log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(await asyncio.to_thread(log.read_text, errors="replace"))
    return (await asyncio.to_thread(status, state)).is_ready


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        # Its children die with it.
        process.kill()
        process.wait()


ALL = tuple(SERVICES)
