"""The issuer and a door with a stream as processes of their own, for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.ports import free_port
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Running:
    """A child process, where it listens, and where it keeps its state."""

    process: subprocess.Popen[str]
    url: str
    state: Path

    @property
    def key_path(self) -> Path:
        """Return where the issuer keeps its key."""
        return self.state / "issuer" / "key.pem"


def environment(state: Path, port: int) -> dict[str, str]:
    kept = {name: said for name, said in os.environ.items() if "QINGXIN" not in name}
    return {**kept, "QINGXIN_STATE": str(state), "QINGXIN_PORT": str(port)}


@contextmanager
def started(module: str, state: Path, *verbs: str) -> Iterator[Running]:
    port = free_port()
    child = subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", module, *verbs],
        cwd=ROOT,
        env=environment(state, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Running(child, f"http://127.0.0.1:{port}", state)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


async def until_ready(running: Running) -> None:
    async def ready() -> bool:
        assert running.process.poll() is None, "it ended"
        try:
            async with httpx.AsyncClient() as http:
                answer = await http.get(f"{running.url}/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    await eventually(ready)


def verb(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one verb of the issuer; return what it said."""
    return subprocess.run(  # noqa: S603 -- our own module
        [sys.executable, "-m", "deploy.local.issuer", *words],
        cwd=ROOT,
        env=environment(state, 1),
        capture_output=True,
        text=True,
        check=False,
    )
