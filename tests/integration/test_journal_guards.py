"""What was recorded stays: triggers, rights and limits refuse, the owner's too."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from libs.events.contracts.reporting import WeeklyStatisticsPublished
from libs.events.event import New
from libs.events.journal.call import APPEND, Call, arguments
from libs.events.journal.chain import leaf_of, verified
from libs.events.journal.words import (
    DATA_LIMIT,
    GENESIS,
    Commit,
    LogCorrupted,
    PayloadTooLarge,
)
from tests.journal_scene import (
    RECEIPT,
    Scene,
    a_commit,
    a_stamp,
    a_stream,
    journal_scene,
)
from tests.stack import FreshDatabases

RARE = "𠮷野家👩‍👩‍👧‍👦\u0000\u2028é"
TABLES = (
    "event", "command", "stream", "head", "series", "reaction_outcome", "deployment",
)  # fmt: skip


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        await made.writer.submit(a_commit({a_stream(): 0}, series=RECEIPT))
        yield made


@pytest.mark.parametrize("table", TABLES)
async def test_not_even_the_owner_deletes_or_empties(scene: Scene, table: str) -> None:
    for statement in (f"DELETE FROM journal.{table}", f"TRUNCATE journal.{table}"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await scene.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "event SET data = '{}'",
        "command SET answer = '{}'",
        "reaction_outcome SET outcome = 'done'",
        "stream SET version = version - 1",
        "head SET seq = seq - 1",
        "series SET last = last - 1",
        "deployment SET mode = 'simulated', simulated_now = now()",
        "deployment SET site = '310000000000'",
    ],
)
async def test_not_even_the_owner_changes_what_is(scene: Scene, change: str) -> None:
    for role in ("origin", "replica"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await scene.execute(
                f"SET session_replication_role = {role}; UPDATE journal.{change}"
            )


@pytest.mark.parametrize("table", TABLES)
async def test_the_service_only_reads_the_tables(scene: Scene, table: str) -> None:
    async with scene.journal.pool.acquire() as connection:
        await connection.fetch(f"SELECT * FROM journal.{table}")
        for statement in (
            f"INSERT INTO journal.{table} SELECT * FROM journal.{table}",
            f"DELETE FROM journal.{table}",
            f"TRUNCATE journal.{table}",
            f"ALTER TABLE journal.{table} DISABLE TRIGGER ALL",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        for statement in (
            "SELECT journal.keep(array_agg(e)) FROM journal.event e",
            "CREATE TABLE journal.mine (one int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_an_event_over_the_limit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(PayloadTooLarge, match="WeeklyStatisticsPublished"):
        _document("x" * DATA_LIMIT)


async def test_the_database_refuses_an_event_over_the_limit_too(scene: Scene) -> None:
    commit = a_commit({a_stream(): 0})
    object.__setattr__(commit, "payloads", ('{"a":"%s"}' % ("x" * DATA_LIMIT),))
    with pytest.raises(asyncpg.CheckViolationError, match="well_formed"):
        await scene.writer.submit(commit)
    assert await scene.prove() == 1


async def test_one_bad_commit_does_not_take_the_others_with_it(scene: Scene) -> None:
    bad = a_commit({a_stream(): 0})
    object.__setattr__(bad, "payloads", ("no json",))
    good = [a_commit({a_stream(): 0}) for _ in range(3)]
    results = await asyncio.gather(
        *(scene.writer.submit(commit) for commit in (good[0], bad, *good[1:])),
        return_exceptions=True,
    )
    assert isinstance(results[1], asyncpg.CheckViolationError)
    assert await scene.prove() == 4


async def test_the_function_refuses_a_stream_that_is_written_but_not_named(
    scene: Scene,
) -> None:
    given = list(arguments(Call([a_commit({a_stream(): 0})])))
    given[1] = []
    with pytest.raises(asyncpg.PostgresError, match="does not name"):
        await scene.journal.pool.fetchval(APPEND, *given)


async def test_a_line_break_cannot_forge_a_canonical_text(scene: Scene) -> None:
    stamp = a_stamp()
    forged = replace(stamp, actor=replace(stamp.actor, unit="a\nb"))
    with pytest.raises(asyncpg.CheckViolationError):
        await scene.writer.submit(a_commit({a_stream(): 0}, stamp=forged))


async def test_the_exact_bytes_are_kept_and_python_finds_the_same_chain(
    scene: Scene,
) -> None:
    commit = _document(RARE)
    await scene.writer.submit(commit)
    first, second = await scene.journal.read(0)
    assert second.data == commit.payloads[0]
    assert second.fact() == commit.events[0].event
    assert leaf_of(second) == second.leaf
    assert list(verified([first, second], 0, GENESIS)) == [first, second]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("SET data = replace(data, 'case_id', 'case_if') WHERE seq = 2", "event 2"),
        ("SET actor_unit = 'another' WHERE seq = 3", "event 3"),
        ("SET chain = leaf WHERE seq = 2", "event 2"),
    ],
)
async def test_one_changed_byte_is_found_and_named(
    scene: Scene, change: str, where: str
) -> None:
    for _ in range(3):
        await scene.writer.submit(a_commit({a_stream(): 0}))
    await scene.execute(
        f"ALTER TABLE journal.event DISABLE TRIGGER USER;UPDATE journal.event {change}"
    )
    with pytest.raises(LogCorrupted, match=where):
        list(verified(await scene.journal.read_stored(0), 0, GENESIS))


async def test_a_missing_number_stops_the_reader(scene: Scene) -> None:
    for _ in range(3):
        await scene.writer.submit(a_commit({a_stream(): 0}))
    await scene.execute(
        "ALTER TABLE journal.event DISABLE TRIGGER USER;"
        "DELETE FROM journal.event WHERE seq = 2"
    )
    with pytest.raises(LogCorrupted, match="event 2 is missing"):
        await scene.journal.read(0)


def _document(text: str) -> Commit:
    stream = a_stream()
    event = WeeklyStatisticsPublished(
        period_id=a_stamp().command_id,
        campaign_id=a_stamp().command_id,
        week=1,
        document_sha256="0" * 64,
        document=text,
    )
    return Commit(a_stamp(), {stream: 0}, [New(stream, event)])
