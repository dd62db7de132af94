"""Numbers without gaps, and nothing acknowledged is lost, whoever is killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from libs.events.journal.words import Appended, Conflicted
from tests.eventually import eventually
from tests.journal_scene import (
    RECEIPT,
    Scene,
    a_commit,
    a_stream,
    journal_scene,
)
from tests.stack import FreshDatabases

SERIALS = "SELECT serial FROM journal.event WHERE serial IS NOT NULL ORDER BY seq"
BACKWARDS = """
SELECT count(*) FROM (
    SELECT recorded_at <= lag(recorded_at) OVER (ORDER BY seq) AS back
    FROM journal.event) AS e WHERE back
"""


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


async def test_a_loser_takes_no_number(scene: Scene) -> None:
    stream = a_stream()
    results = await asyncio.gather(
        *(scene.writer.submit(a_commit({stream: 0}, series=RECEIPT)) for _ in range(5)),
        *(
            scene.writer.submit(a_commit({a_stream(): 0}, series=RECEIPT))
            for _ in range(5)
        ),
    )
    assert sum(isinstance(result, Conflicted) for result in results) == 4
    assert await _numbers(scene) == [1, 2, 3, 4, 5, 6]


async def test_two_processes_share_a_series_without_gaps(scene: Scene) -> None:
    contended = a_stream()
    rivals = [await _rival(scene, 160, contended) for _ in range(2)]
    outputs = await asyncio.gather(*(rival.communicate() for rival in rivals))
    assert [rival.returncode for rival in rivals] == [0, 0]
    acknowledged = b"".join(out for out, _ in outputs).split()
    assert len(set(acknowledged)) == 320
    numbers = await _numbers(scene)
    assert numbers == list(range(1, len(numbers) + 1))
    # Every fourth command also wrote the stream that both contended for.
    assert len(numbers) == 320 + 80
    assert await scene.prove() == len(numbers)
    assert await scene.journal.pool.fetchval(BACKWARDS) == 0


async def test_a_killed_writer_loses_no_acknowledged_command(scene: Scene) -> None:
    rival = await _rival(scene, 100_000, a_stream())
    assert rival.stdout is not None
    acknowledged = [(await rival.stdout.readline()).strip() for _ in range(50)]
    os.kill(rival.pid, signal.SIGKILL)
    rest = (await rival.stdout.read()).split(b"\n")
    await rival.wait()
    # The last line may be torn: the kill fell into the middle of it.
    acknowledged += rest[:-1]
    kept = {
        str(row["id"]).encode()
        for row in await scene.journal.pool.fetch("SELECT id FROM journal.command")
    }
    assert set(acknowledged) <= kept
    numbers = await _numbers(scene)
    assert numbers == list(range(1, len(numbers) + 1))
    result = await scene.writer.submit(a_commit({a_stream(): 0}, series=RECEIPT))
    assert isinstance(result, Appended)
    assert await scene.prove() == result.last_seq


async def test_a_writer_whose_connection_dies_connects_again(scene: Scene) -> None:
    await scene.writer.submit(a_commit({a_stream(): 0}))
    await scene.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'enforcement_app' AND datname = current_database()"
    )
    result = await scene.writer.submit(a_commit({a_stream(): 0}))
    assert isinstance(result, Appended)

    async def proved() -> bool:
        return await scene.prove() == 2

    await eventually(proved)


async def _rival(scene: Scene, count: int, stream: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.rival_writer",
        scene.dsn,
        str(count),
        stream,
        stdout=asyncio.subprocess.PIPE,
    )


async def _numbers(scene: Scene) -> list[int]:
    serials = [row["serial"] for row in await scene.journal.pool.fetch(SERIALS)]
    for serial in serials:
        assert serial.startswith("310199-20")
    return [int(serial.rsplit("-", 1)[1]) for serial in serials]
