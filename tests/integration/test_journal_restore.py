"""A restored, older journal takes its lost rows back in, verbatim, or not at all."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import asyncpg
import pytest

from libs.events.event import Recorded
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.words import Appended, Diverged, KeyReused, Repeated
from libs.events.journal.writer import Writer
from tests.journal_scene import (
    RECEIPT,
    Scene,
    a_commit,
    a_stamp,
    a_stream,
    journal_scene,
)
from tests.stack import FreshDatabases

Spoiling = Callable[[list[Recorded]], list[Recorded]]
RESTORE = """
ALTER TABLE journal.event DISABLE TRIGGER USER;
ALTER TABLE journal.command DISABLE TRIGGER USER;
ALTER TABLE journal.stream DISABLE TRIGGER USER;
ALTER TABLE journal.series DISABLE TRIGGER USER;
ALTER TABLE journal.head DISABLE TRIGGER USER;
DELETE FROM journal.event WHERE seq > 2;
DELETE FROM journal.command WHERE first_seq > 2;
DELETE FROM journal.stream s WHERE NOT EXISTS (
    SELECT FROM journal.event e WHERE e.stream = s.name);
UPDATE journal.stream s SET version = (
    SELECT max(e.version) FROM journal.event e WHERE e.stream = s.name);
UPDATE journal.series SET last = 2;
UPDATE journal.head SET (seq, chain, recorded_at) = (
    SELECT seq, chain, recorded_at FROM journal.event WHERE seq = 2);
ALTER TABLE journal.event ENABLE ALWAYS TRIGGER event_kept;
ALTER TABLE journal.command ENABLE ALWAYS TRIGGER command_kept;
"""


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


async def _five(scene: Scene) -> list[Recorded]:
    stream = a_stream()
    for version in range(5):
        await scene.writer.submit(a_commit({stream: version}, series=RECEIPT))
    return await scene.journal.read(0)


async def test_lost_rows_come_back_as_they_were(scene: Scene) -> None:
    rows, head = await _five(scene), await scene.journal.head()
    await scene.execute(RESTORE)
    assert (await scene.journal.head()).seq == 2
    # The topic's page may begin with rows that are here already.
    assert await scene.journal.take_back(rows[1:]) == 3
    assert await scene.journal.read(0) == rows
    assert await scene.journal.head() == head
    assert await scene.prove() == 5
    assert await scene.journal.take_back(rows) == 0


async def test_what_came_back_still_knows_its_commands_and_numbers(
    scene: Scene,
) -> None:
    rows = await _five(scene)
    await scene.execute(RESTORE)
    await scene.journal.take_back(rows)
    writer = await scene.another_writer()
    last = rows[-1]
    same = a_stamp(command_id=last.command_id, body=last.request_hmac)
    repeated = await writer.submit(a_commit({last.stream: 5}, stamp=same))
    assert isinstance(repeated, Repeated)
    assert repeated.first.events == (last,)
    assert repeated.first.answer is None
    other = a_stamp(command_id=last.command_id, body=b"another")
    result = await writer.submit(a_commit({last.stream: 5}, stamp=other))
    assert isinstance(result, KeyReused)
    result = await writer.submit(a_commit({last.stream: 5}, series=RECEIPT))
    assert isinstance(result, Appended)
    assert str(result.events[0].serial).endswith("-SJ-000006")


def _gap(rows: list[Recorded]) -> list[Recorded]:
    return rows[3:]


def _forged(rows: list[Recorded]) -> list[Recorded]:
    return [replace(rows[2], data=rows[2].data.replace("-", "+", 1)), *rows[3:]]


def _rehashed(rows: list[Recorded]) -> list[Recorded]:
    # Its own hashes are right, yet it does not continue its stream.
    row = replace(rows[2], version=9)
    leaf = leaf_of(row)
    return [replace(row, leaf=leaf, chain=next_link(rows[1].chain, leaf))]


def _another(rows: list[Recorded]) -> list[Recorded]:
    return [replace(rows[1], id=rows[0].id), *rows[2:]]


@pytest.mark.parametrize("spoiled", [_gap, _forged, _rehashed, _another])
async def test_rows_that_do_not_continue_the_journal_stay_out(
    scene: Scene, spoiled: Spoiling
) -> None:
    rows = await _five(scene)
    await scene.execute(RESTORE)
    with pytest.raises(Diverged):
        await scene.journal.take_back(spoiled(rows))
    assert (await scene.journal.head()).seq == 2


async def test_a_writer_opens_only_behind_its_gate(scene: Scene) -> None:
    rows = await _five(scene)
    await scene.execute(RESTORE)

    async def gate() -> None:
        await scene.journal.take_back(rows)

    writer = await scene.another_writer(gate)
    result = await writer.submit(a_commit({rows[0].stream: 5}))
    assert isinstance(result, Appended)
    assert await scene.prove() == 6


async def test_a_writer_that_saw_more_does_not_write_to_an_older_copy(
    scene: Scene,
) -> None:
    rows = await _five(scene)
    back: list[Recorded] = []

    async def gate() -> None:
        await scene.journal.take_back(back)

    # One has seen the head when it opened, the other wrote it.
    writer = await scene.another_writer(gate)
    await scene.execute(RESTORE)
    await _cut(scene)
    for each in (writer, scene.writer):
        with pytest.raises(Diverged, match="older copy"):
            await each.submit(a_commit({a_stream(): 0}))
    back.extend(rows)
    assert isinstance(await writer.submit(a_commit({a_stream(): 0})), Appended)
    assert await scene.prove() == 6


async def test_a_gate_that_refuses_keeps_the_writer_shut(scene: Scene) -> None:
    async def gate() -> None:
        raise Diverged("the topic holds another event")

    with pytest.raises(Diverged):
        await Writer(scene.dsn, gate).start()


async def _cut(scene: Scene) -> None:
    connection = await asyncpg.connect(scene.owner_dsn)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'enforcement_app' AND datname = current_database()"
    )
    await connection.close()
