"""What comes back when a server's data are gone, and what does not.

Each test loses something of one and the same deployment; the next goes on from there.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest

from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from tests.end_to_end.complaint import carry, complain
from tests.end_to_end.test_restore import head, person_of, readable
from tests.end_to_end.whole import Act, Whole, running_whole
from tests.stack import temporary_folder

T = TypeVar("T")


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """The state folder of one deployment, lost piece by piece."""
    with temporary_folder() as folder:
        yield folder / "deployment"


@pytest.fixture(scope="module")
def backup(state: Path) -> Path:
    """A backup of three complaints, the last carried to its end."""
    folder = state.parent / "backup"

    async def made(whole: Whole) -> None:
        for _ in range(2):
            await complain(whole)
        await carry(whole, await complain(whole))
        await whole.settled()
        said = await whole.cli("backup", str(folder))
        assert said.code == 0, said

    running(state, made)
    return folder


def running(state: Path, act: Callable[[Whole], Awaitable[T]]) -> T:
    """Start the deployment, act on it, verify that all agrees, end it."""
    with running_whole(state) as whole:

        async def acted() -> T:
            answer = await act(whole)
            await whole.settled()
            said = await whole.cli("verify")
            assert said.code == 0, said
            return answer

        return asyncio.run(acted())


async def one_more(whole: Whole) -> UUID:
    """Complain once more; return the clue."""
    return (await complain(whole)).clue_id


async def heads(whole: Whole) -> dict[str, int]:
    return {name: await head(whole, name) for name in SERVICES}


async def all_is_shown(whole: Whole) -> int:
    """Return how many cases the ledger has."""
    await whole.settled()
    found = await whole.get("au-01", "reporting", "/v1/ledger", source="all")
    return len(found["items"])


def lose(state: Path, name: str) -> None:
    """Remove a server's data, wherever they are."""
    folder = state / name
    shutil.rmtree(folder.resolve())
    if folder.is_symlink():
        folder.unlink()


def at_rest(state: Path, *words: str) -> None:
    """Run a command on a deployment of which nothing runs."""
    done = subprocess.run(  # noqa: S603 -- ourselves.
        [sys.executable, "-m", "deploy.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "QINGXIN_STATE": str(state)},
    )
    assert done.returncode == 0, done.stderr


def test_all_databases_older_nothing_but_the_vault_is_lost(
    state: Path, backup: Path
) -> None:
    async def drill(whole: Whole) -> None:
        erased = await person_of(whole, await one_more(whole))
        gone = {"reason": "entered-by-mistake"}
        path = f"/v1/persons/{erased}/erasure"
        await whole.do(Act("lg-01", "intake", path, gone, on_something=False))
        await whole.settled()
        before, shown = await heads(whole), await all_is_shown(whole)
        said = await whole.cli("restore", str(backup), "--yes")
        assert said.code == 0, said
        after = await heads(whole)
        assert all(after[name] >= before[name] for name in SERVICES)
        assert await all_is_shown(whole) == shown == 4
        assert not await readable(whole, erased)

    running(state, drill)


def test_kafka_gone_the_journals_fill_the_topics_again(
    state: Path, backup: Path
) -> None:
    before = running(state, heads)
    lose(state, "kafka")
    at_rest(state, "refill", "--yes")

    async def drill(whole: Whole) -> None:
        after = await heads(whole)
        assert all(after[name] >= before[name] for name in SERVICES)
        await one_more(whole)
        assert await all_is_shown(whole) == 5

    running(state, drill)
    assert backup.exists()


def test_postgres_gone_and_restored_only_names_typed_since_are_lost(
    state: Path, backup: Path
) -> None:
    late = running(state, one_more)
    before = running(state, heads)
    lose(state, "postgres")
    at_rest(state, "restore", str(backup), "--yes")

    async def drill(whole: Whole) -> None:
        after = await heads(whole)
        assert all(after[name] >= before[name] for name in SERVICES)
        assert await all_is_shown(whole) == 6
        async with whole.database("intake") as pool:
            mentioned = "SELECT count(*) FROM vault.mention WHERE clue_id = $1"
            assert await pool.fetchval(mentioned, late) == 0

    running(state, drill)


def test_postgres_gone_without_a_backup_the_topics_give_every_event_back(
    state: Path, backup: Path
) -> None:
    before = running(state, heads)
    lose(state, "postgres")

    async def drill(whole: Whole) -> None:
        after = await heads(whole)
        assert all(after[name] >= before[name] for name in SERVICES)
        await one_more(whole)
        assert await all_is_shown(whole) == 7
        async with whole.database("intake") as pool:
            assert await pool.fetchval("SELECT count(*) FROM vault.person") == 1

    running(state, drill)
    assert backup.exists()


def test_both_gone_the_backup_stands_by_itself(state: Path, backup: Path) -> None:
    lose(state, "postgres")
    lose(state, "kafka")
    at_rest(state, "restore", str(backup), "--yes")
    at_rest(state, "refill", "--yes")
    manifest = json.loads((backup / "manifest.json").read_text())

    async def drill(whole: Whole) -> None:
        after = await heads(whole)
        for name, entry in manifest["services"].items():
            assert after[name] >= entry["head"], name
        await one_more(whole)
        assert await all_is_shown(whole) == 4

    running(state, drill)
