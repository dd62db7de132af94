"""Attacks on a sealed log by who owns the database, the topic, or both.

They have neither the seal key nor the folder of seals that was carried off. Each comes
with the words that name it, and in them the first place that is bad.
"""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from uuid import UUID

import asyncpg

from libs.events.audit import seal_store as store
from libs.events.audit.sealed import Where, gathered
from libs.events.audit.summing import Logs, summed
from libs.events.audit.verify import Also, Verdict, verify
from libs.events.event import Recorded
from libs.events.journal import rows as stored_rows
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.words import GENESIS
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from tests.seal_scene import Sealed, as_superuser
from tests.stack import FreshTopics
from tests.stream_scene import SERVICE
from tests.topic_copy import Raw, read_raw, write_raw

STREAMS, ROUNDS = 5, 4
LAST = STREAMS * ROUNDS


@dataclass
class Field:
    """Where an attack is fought: a sealed log, and a topic that may be a copy.

    `bad` says where an attack struck, as far as its words do not.
    """

    sealed: Sealed
    topics: FreshTopics
    topic: str
    bad: dict[str, int] = field(default_factory=dict)

    def named(self, words: str) -> str:
        """Return an attack's words with the place where it struck."""
        first, latest = (seal.named() for seal in self.sealed.folder.seals())
        seals = {"first_seal": first, "latest_seal": latest}
        return words.format(topic=self.topic, **seals, **self.bad)

    async def sql(self, *statements: str) -> None:
        """Run statements as a superuser."""
        for statement in statements:
            await as_superuser(self.sealed.scene.owner_dsn, statement)

    async def rows(self) -> list[Recorded]:
        return await self.sealed.scene.journal.read_stored(0)

    async def replace_journal(self, rows: Sequence[Recorded]) -> None:
        """Write another log, hashes and head in order, in place of the journal's."""
        connection = await asyncpg.connect(self.sealed.scene.owner_dsn)
        try:
            await as_superuser(self.sealed.scene.owner_dsn, "DELETE FROM journal.event")
            await connection.copy_records_to_table(
                "event",
                schema_name="journal",
                records=[stored_rows.row_of(row) for row in rows],
            )
        finally:
            await connection.close()
        head = "UPDATE journal.head SET seq = $1, chain = $2"
        dsn = self.sealed.scene.owner_dsn
        await as_superuser(dsn, head, rows[-1].seq, rows[-1].chain)

    async def replace_topic(self, rows: Sequence[Recorded]) -> None:
        """Write another log to a topic in place of the service's."""
        await self.use_topic(_as_records(rows))

    async def use_topic(self, records: Sequence[Raw]) -> None:
        """Hold the journal against these records instead."""
        (self.topic,) = await self.topics.make("tampered", partitions=PARTITIONS)
        await write_raw(self.sealed.settings.bootstrap, self.topic, records)

    async def raw(self) -> list[Raw]:
        return await read_raw(self.sealed.settings.bootstrap, self.topic)

    async def doubt(self) -> bool:
        """Say whether the quick reading finds a doubt, without processes of its own."""
        scene, where = self.sealed.scene, self.sealed.settings
        head = await scene.journal.head()
        logs = Logs(scene.dsn, where.bootstrap, self.topic, SERVICE, head)
        seals = await gathered(scene.pool, SERVICE, self.seals(), 0)
        with ThreadPoolExecutor(4) as executor:
            quick = await summed(logs, seals.seals, executor)
        return quick is None or seals.wrong is not None

    def seals(self) -> Where:
        where = self.sealed.settings
        return Where(where.bootstrap, where.topic, self.sealed.folder)

    async def verdict(self) -> Verdict:
        kafka = self.sealed.settings.bootstrap
        journal, also = self.sealed.scene.journal, Also(self.seals())
        return await verify(journal, kafka, self.topic, 0.1, also)


def _as_records(rows: Sequence[Recorded]) -> list[Raw]:
    counts = dict.fromkeys(range(PARTITIONS), 0)
    found = []
    for row in rows:
        at = partition_of(row.partition_key)
        key, value, headers = to_record(replace(row, service="reporting"), counts[at])
        counts[at] += 1
        found.append(Raw(at, key, value, tuple(headers)))
    return found


def _rechained(rows: Sequence[Recorded]) -> list[Recorded]:
    """Return a log whose numbers and hashes are all in order."""
    chain, found = GENESIS, []
    for seq, row in enumerate(rows, start=1):
        numbered = replace(row, seq=seq)
        leaf = leaf_of(numbered)
        chain = next_link(chain, leaf)
        found.append(replace(numbered, leaf=leaf, chain=chain))
    return found


def _forged(row: Recorded) -> Recorded:
    return replace(row, data=row.data.replace('"week":', '"week":1'))


async def one_field(field: Field, change: str) -> None:
    await field.sql(f"UPDATE journal.event SET {change} WHERE seq = 7")


async def byte(field: Field) -> None:
    await one_field(field, "data = replace(data, 'week', 'weak')")


async def time(field: Field) -> None:
    await one_field(field, "occurred_at = occurred_at - interval '1 day'")


async def actor(field: Field) -> None:
    await one_field(field, "actor_unit = '310199009000'")


async def deleted(field: Field) -> None:
    await field.sql("DELETE FROM journal.event WHERE seq = 7")


async def swapped(field: Field) -> None:
    await field.sql(
        "UPDATE journal.event SET seq = -7 WHERE seq = 7",
        "UPDATE journal.event SET seq = 7 WHERE seq = 8",
        "UPDATE journal.event SET seq = 8 WHERE seq = -7",
    )


async def inserted(field: Field) -> None:
    rows = await field.rows()
    await field.replace_journal(_rechained([*rows[:7], _again(rows[6]), *rows[7:]]))


def _again(row: Recorded) -> Recorded:
    return replace(row, version=100, id=UUID(int=row.id.int ^ 1))


async def tail(field: Field) -> None:
    rows = await field.rows()
    await field.replace_journal(rows[:12])
    ats = [partition_of(row.partition_key) for row in rows]
    at = min(ats[12:])
    gone = ats.index(at, 12)
    field.bad = {"event": gone + 1, "at": at, "offset": ats[:gone].count(at)}


async def tail_on_both(field: Field) -> None:
    rows = (await field.rows())[:12]
    await field.replace_journal(rows)
    await field.replace_topic(rows)


async def rewritten(field: Field) -> None:
    rows = await field.rows()
    await field.replace_journal(_rechained([_forged(rows[0]), *rows[1:]]))


async def rewritten_on_both(field: Field) -> None:
    rows = await field.rows()
    forged = _rechained([*rows[:9], _forged(rows[9]), *rows[10:]])
    await field.replace_journal(forged)
    await field.replace_topic(forged)


async def old_backup(field: Field) -> None:
    """Journal, its seals and the topic are all as they were at event 9."""
    await field.sql("DELETE FROM journal.seal WHERE number = 2")
    rows = (await field.rows())[:9]
    await field.replace_journal(rows)
    await field.replace_topic(rows)


async def dropped_record(field: Field) -> None:
    raw = await field.raw()
    await field.use_topic(raw[1:])
    field.bad = {"at": raw[0].partition}


async def forged_record(field: Field) -> None:
    raw = await field.raw()
    await field.use_topic([raw[0].with_header("ce_actorunit", "XX"), *raw[1:]])
    field.bad = {"at": raw[0].partition, "event": _sequence(raw[0])}


async def repeated_under_another_index(field: Field) -> None:
    raw = await field.raw()
    second = next(each for each in raw if _index(each) == 1)
    again = second.with_header("ce_partitionindex", "0")
    await field.use_topic([*raw, again])
    field.bad = _behind(raw, again)


async def added_record(field: Field) -> None:
    raw = await field.raw()
    index = str(_index(raw[-1]) + 1)
    more = raw[-1].with_header("ce_partitionindex", index)
    await field.use_topic([*raw, more])
    field.bad = _behind(raw, more)


def _index(record: Raw) -> int:
    return int(record.header("ce_partitionindex"))


def _sequence(record: Raw) -> int:
    return int(record.header("ce_sequence"))


def _behind(raw: Sequence[Raw], more: Raw) -> dict[str, int]:
    """Return where a record stands that was added behind a topic's."""
    at = more.partition
    return {"at": at, "offset": len([each for each in raw if each.partition == at])}


async def edited_seal(field: Field) -> None:
    await field.sql(
        "UPDATE journal.seal SET document ="
        ' replace(document, \'"why":"count"\', \'"why":"asked"\') WHERE number = 2'
    )


async def deleted_seal(field: Field) -> None:
    await field.sql("DELETE FROM journal.seal WHERE number = 2")


async def forged_seal(field: Field) -> None:
    where = field.sealed.settings
    (first, _) = await store.kept(field.sealed.scene.pool)
    text = first.text.replace(first.root.hex(), "07" * 32)
    await store.tell(where.bootstrap, where.topic, where.service, [text])


Attack = Callable[[Field], Awaitable[None]]
FIRST = "{topic} partition {at} offset 0"
AT = "{topic} partition {at} offset {offset}"

ATTACKS: Sequence[tuple[Attack, str]] = (
    (byte, "event 7 is not what was recorded: its hash differs"),
    (time, "event 7 is not what was recorded: its hash differs"),
    (actor, "event 7 is not what was recorded: its hash differs"),
    (deleted, "event 7 is missing"),
    (swapped, "event 7 is not what was recorded: its hash differs"),
    (inserted, "event 8 is not where it belongs on the topic"),
    (tail, f"{AT} holds event {{event}}, the journal does not"),
    (tail_on_both, "the journal ends at event 12: {latest_seal} disproves it"),
    (rewritten, "event 1 and its record at"),
    (rewritten_on_both, "{latest_seal} disproves the journal: its root is another"),
    (old_backup, "the journal ends at event 9: {latest_seal} disproves it"),
    (dropped_record, f"{FIRST}: the record with index 0 is missing, 1 stands there"),
    (forged_record, f"event {{event}} and its record at {FIRST} differ in actor"),
    (repeated_under_another_index, f"{AT}: index 0 is repeated by another event"),
    (added_record, f"{AT} holds what is no further event of the journal"),
    (edited_seal, "{latest_seal} in the journal's table is not signed by its key"),
    (deleted_seal, "{latest_seal} is not in the journal's table"),
    (forged_seal, "{first_seal} in the audit topic is not signed by its key"),
)
DISPROVED = {
    swapped,
    inserted,
    tail,
    tail_on_both,
    rewritten,
    rewritten_on_both,
    old_backup,
}
