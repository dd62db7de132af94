"""An import that is killed in the middle ends in the same state when begun again."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.eventually import eventually
from tests.intake_scene import Scene, intake, set_up_database
from tests.integration.test_import import ended, row, sheet
from tests.stack import FreshDatabases

ROWS = [row(f"纸-{n:04d}", 单位=f"演示个体{n % 7}") for n in range(1500)]
KEY = "one-and-the-same-import-of-both"
RECORDED = """
SELECT stream, version, type, data, occurred_at, occurred_precision, command_id,
    correlation_id, partition_key
FROM journal.event ORDER BY stream, version
"""
KEPT = """
SELECT p.person_id, p.kind, p.id_hmac, f.field, f.command_id
FROM vault.person p LEFT JOIN vault.field f USING (person_id) ORDER BY 1, 2, 4, 5
"""
JUDGED = "SELECT n, sheet, row, outcome FROM imports.row ORDER BY n"
FOUND = "SELECT n, line, sheet, row, col, code FROM imports.finding ORDER BY n, line"
COUNT = "SELECT count(*) FROM journal.event WHERE type = 'HistoryImported'"


async def handed_in(scene: Scene, content: bytes) -> str:
    data, files = {"profile": "ledger"}, {"file": ("账.xlsx", content)}
    answer = await scene.post(
        "/v1/imports", by="do-01", data=data, files=files, key=KEY
    )
    return str(answer.headers["location"])


async def state_of(dsn: str) -> list[list[Any]]:
    """Return everything an import leaves, but for times, numbers and ciphertext."""
    connection = await asyncpg.connect(dsn)
    try:
        return [
            [tuple(line) for line in await connection.fetch(query)]
            for query in (RECORDED, KEPT, JUDGED, FOUND)
        ]
    finally:
        await connection.close()


@asynccontextmanager
async def process(dsn: str, objects: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Serve intake in a child; it ends with this block, or with us."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.intake_process", dsn, str(objects), stdin=pipe
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def counted(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        count: int = await connection.fetchval(COUNT)
    finally:
        await connection.close()
    return count


@pytest.mark.slow
async def test_killed_in_the_middle_and_begun_again_it_ends_the_same(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    content = sheet(ROWS)
    whole, broken = [await fresh_database(set_up_database) for _ in range(2)]
    async with intake(whole, tmp_path / "whole") as scene:
        place = await handed_in(scene, content)
        said = await ended(scene, place)
        assert said["counts"]["success"] == len(ROWS)

    folder = tmp_path / "broken"
    async with intake(broken, folder) as scene:
        # Handed in, and no more: while the end begins, the runner takes nothing on.
        scene.running.closing.begin()
        await handed_in(scene, content)

    async with process(broken, folder) as child:

        async def under_way() -> bool:
            if child.returncode is not None:
                message = "the child ended by itself"
                raise RuntimeError(message)
            return 0 < await counted(broken) < len(ROWS)

        await eventually(under_way, seconds=40)
        child.send_signal(signal.SIGKILL)
        await child.wait()
    left = await counted(broken)
    assert 0 < left < len(ROWS)

    async with intake(broken, folder) as scene:
        said = await ended(scene, place)
        assert said["counts"]["success"] == len(ROWS)
    assert await state_of(broken) == await state_of(whole)
