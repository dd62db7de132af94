"""Verify says where journal, chain and topic do not agree; every kind of tampering."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

import asyncpg
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from libs.events.audit.topic import NoSuchTopic
from libs.events.audit.verify import Verdict, verify
from libs.events.journal.chain import leaf_of, next_link
from libs.events.stream.topics import PARTITIONS
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import Scene, a_scene, a_stream
from tests.topic_copy import Meddle, Raw, read_raw, write_raw

UNGUARDED = "ALTER TABLE journal.event DISABLE TRIGGER USER"
ONE_BYTE = """
UPDATE journal.event SET data = replace(data, '"week":2', '"week":3')
WHERE seq = $1"""
REHASHED = "UPDATE journal.event SET data = $2, leaf = $3, chain = $4 WHERE seq = $1"
STREAMS = 8
ROWS = STREAMS * 3


@pytest.fixture
async def scene(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> AsyncIterator[Scene]:
    async with a_scene(fresh_database, topics, kafka) as made:
        relay = await made.relay()
        await made.append_many([a_stream() for _ in range(STREAMS)], rounds=3)
        await relay.force_tick()
        yield made


async def found(scene: Scene, topic: str | None = None) -> Verdict:
    """Verify against the service's topic, or a copy."""
    return await verify(scene.journal, scene.bootstrap, topic or scene.topic, 0.2)


async def as_superuser(scene: Scene, sql: str, *values: object) -> None:
    """Do to a journal what nobody may."""
    connection = await asyncpg.connect(scene.owner_dsn)
    try:
        async with connection.transaction():
            await connection.execute(UNGUARDED)
            await connection.execute("ALTER TABLE journal.head DISABLE TRIGGER USER")
            done = await connection.execute(sql, *values)
    finally:
        await connection.close()
    assert done != "UPDATE 0"


async def test_an_untouched_log_agrees_with_its_topic_row_by_row(scene: Scene) -> None:
    verdict = await found(scene)
    assert verdict.agrees, verdict
    assert (verdict.rows, verdict.records, verdict.foreign) == (ROWS, ROWS, 0)


async def test_rows_recorded_a_moment_ago_are_waited_for(scene: Scene) -> None:
    await scene.append_many([a_stream() for _ in range(STREAMS)], rounds=5)
    verdict = await verify(scene.journal, scene.bootstrap, scene.topic)
    assert verdict.agrees, verdict
    assert verdict.rows == STREAMS * 8


async def test_one_edited_byte_is_named(scene: Scene) -> None:
    seq = STREAMS + 3  # A second round's row: its week is 2.
    await as_superuser(scene, ONE_BYTE, seq)
    verdict = await found(scene)
    assert verdict.wrong == f"event {seq} is not what was recorded: its hash differs"
    assert verdict.rows == seq - 1


async def test_an_edited_row_with_a_new_hash_breaks_the_chain_behind_it(
    scene: Scene,
) -> None:
    await rewrite(scene, 5)
    assert (await found(scene)).wrong == (
        "the chain breaks at event 5"
    )  # Its own link still holds the old hash.


async def test_a_journal_rewritten_to_its_end_is_not_what_the_topic_says(
    scene: Scene,
) -> None:
    rows = await scene.journal.read_stored(ROWS - 1)
    before = (await scene.journal.read_stored(ROWS - 2, 1))[0]
    forged = replace(rows[0], data=rows[0].data.replace('"week":3', '"week":4'))
    forged = replace(forged, leaf=leaf_of(forged))
    chain = next_link(before.chain, forged.leaf)
    await as_superuser(scene, REHASHED, ROWS, forged.data, forged.leaf, chain)
    await as_superuser(scene, "UPDATE journal.head SET chain = $1", chain)
    verdict = await found(scene)
    assert f"event {ROWS} and its record" in said(verdict)
    assert "differ in data, leaf, chain" in said(verdict)


async def test_a_head_that_is_not_the_last_rows_is_named(scene: Scene) -> None:
    await as_superuser(scene, "UPDATE journal.head SET chain = $1", bytes(32))
    assert "head has another chain" in said(await found(scene))


async def rewrite(scene: Scene, seq: int) -> None:
    """Change a row and its own hash, nothing behind it."""
    row = (await scene.journal.read_stored(seq - 1, 1))[0]
    forged = replace(row, data=row.data.replace('"week":1', '"week":9'))
    leaf = leaf_of(forged)
    await as_superuser(scene, REHASHED, seq, forged.data, leaf, row.chain)


def said(verdict: Verdict) -> str:
    assert verdict.wrong is not None
    return verdict.wrong


async def test_a_deleted_row_and_a_shortened_journal_are_named(scene: Scene) -> None:
    await as_superuser(scene, "DELETE FROM journal.event WHERE seq = $1", ROWS)
    assert said(await found(scene)) == (
        f"the journal ends at event {ROWS - 1}, its head says {ROWS}"
    )
    last = (await scene.journal.read_stored(ROWS - 2, 1))[0]
    await as_superuser(
        scene, "UPDATE journal.head SET seq = $1, chain = $2", last.seq, last.chain
    )
    assert f"holds event {ROWS}, the journal does not" in said(await found(scene))
    await as_superuser(scene, "DELETE FROM journal.event WHERE seq = $1", 7)
    assert said(await found(scene)) == "event 7 is missing"


async def test_a_topic_without_its_first_records_is_named(scene: Scene) -> None:
    raw = await read_raw(scene.bootstrap, scene.topic)
    number = raw[-1].partition
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.bootstrap)
    await admin.start()
    try:
        at = TopicPartition(scene.topic, number)
        await admin.delete_records({at: RecordsToDelete(before_offset=1)})
    finally:
        await admin.close()
    verdict = await found(scene)
    assert f"{scene.topic} partition {number} offset 1" in said(verdict)
    assert "the record with index 0 is missing" in said(verdict)


async def copied(
    scene: Scene, topics: FreshTopics, name: str, meddle: Meddle
) -> Verdict:
    """Verify against a copy of the topic to which something was done."""
    topic = (await topics.make(name, partitions=PARTITIONS))[0]
    raw = await read_raw(scene.bootstrap, scene.topic)
    await write_raw(scene.bootstrap, topic, meddle(raw))
    return await found(scene, topic)


def event_number(record: Raw) -> int:
    return int(record.header("ce_sequence"))


async def test_a_faithful_copy_agrees_and_foreign_records_are_counted(
    scene: Scene, topics: FreshTopics
) -> None:
    def with_foreign(raw: Sequence[Raw]) -> Iterable[Raw]:
        return [*raw, *raw[-2:], Raw(0, b"k", None, ()), Raw(3, b"k", b"\xff", ())]

    verdict = await copied(scene, topics, "faithful", with_foreign)
    assert verdict.agrees, verdict
    assert (verdict.records, verdict.foreign) == (ROWS, 2)


@pytest.mark.parametrize("lacking", [0, -1])
async def test_a_copy_that_lacks_one_record_is_found_out(
    scene: Scene, topics: FreshTopics, lacking: int
) -> None:
    gone: list[Raw] = []

    def without(raw: Sequence[Raw]) -> Iterable[Raw]:
        gone.append(raw[lacking])
        return [each for each in raw if each is not raw[lacking]]

    verdict = await copied(scene, topics, "lacking", without)
    number, index = event_number(gone[0]), gone[0].header("ce_partitionindex")
    assert said(verdict) == f"event {number} is not on the topic" or (
        f"the record with index {index} is missing" in said(verdict)
    )


async def test_a_copy_with_a_changed_a_repeated_or_a_forged_record_is_found_out(
    scene: Scene, topics: FreshTopics
) -> None:
    def changed(raw: Sequence[Raw]) -> Iterable[Raw]:
        first = raw[0].with_header("ce_actorunit", "XX")
        return [first, *raw[1:]]

    def repeated(raw: Sequence[Raw]) -> Iterable[Raw]:
        again = replace(raw[-1], value=(raw[-1].value or b"").replace(b"week", b"weak"))
        return [*raw, again]

    def appended(raw: Sequence[Raw]) -> Iterable[Raw]:
        index = int(raw[-1].header("ce_partitionindex")) + 1
        return [*raw, raw[-1].with_header("ce_partitionindex", str(index))]

    assert "differ in actor" in said(await copied(scene, topics, "changed", changed))
    verdict = await copied(scene, topics, "repeated", repeated)
    assert "repeated with other words" in said(verdict)
    verdict = await copied(scene, topics, "appended", appended)
    assert "no further event of the journal" in said(verdict)


async def test_a_topic_that_is_none_is_no_difference(scene: Scene) -> None:
    with pytest.raises(NoSuchTopic, match="there is no topic nowhere"):
        await found(scene, "nowhere")
