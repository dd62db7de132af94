"""The sum of wages paid, kept by the rules of consume-our-events.md and nothing else.

python paid_sum.py BROKER TOPIC GROUP FILE: reads enforcement's topic for ever; FILE is
a SQLite database, and several of these programs may share one. Needs aiokafka.
"""

import asyncio
import json
import sqlite3
import sys

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

TABLES = """
CREATE TABLE IF NOT EXISTS place (partition PRIMARY KEY, applied, next_offset);
CREATE TABLE IF NOT EXISTS paid (currency PRIMARY KEY, minor);
"""
PLACE = "SELECT applied, next_offset FROM place WHERE partition = ?"
MOVE = "INSERT OR REPLACE INTO place VALUES (?, ?, ?)"
ADD = """
INSERT INTO paid VALUES (?, ?)
ON CONFLICT (currency) DO UPDATE SET minor = minor + excluded.minor
"""
SIGNS = {"WagesPaid": 1, "WagePaymentReversed": -1}
VERSIONS = {"v1"}


class PaidSum(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped.
    """A reader whose place and sum move in one transaction."""

    def __init__(self, broker: str, topic: str, group: str, file: str) -> None:
        self.topic = topic
        self.database = sqlite3.connect(file, isolation_level=None, timeout=30)
        self.database.executescript(TABLES)
        self.consumer = AIOKafkaConsumer(
            bootstrap_servers=broker,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=6000,
            heartbeat_interval_ms=1000,
        )
        # The highest index that stood before its turn, by partition; the partitions and
        # indexes that were missing at the end, and for which we sought back.
        self.early: dict[int, int] = {}
        self.sought: set[tuple[int, int]] = set()

    def place(self, partition: int) -> tuple[int, int]:
        """Return the last index applied, and the offset to read on from."""
        found = self.database.execute(PLACE, (partition,)).fetchone()
        return found or (-1, 0)

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Rule 5: seek to what we stored."""
        for each in assigned:
            self.consumer.seek(each, self.place(each.partition)[1])

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Nothing is held back: each record was kept as it was applied."""

    async def read(self) -> None:
        """Read for ever."""
        self.consumer.subscribe([self.topic], listener=self)
        await self.consumer.start()
        async for record in self.consumer:
            self.database.execute("BEGIN IMMEDIATE")
            applied, _ = self.place(record.partition)
            headers = {name: value or b"" for name, value in record.headers}
            index = headers.get("ce_partitionindex", b"")
            if not index.isdigit() or record.value is None:
                sys.stderr.write(f"not ours: {record.partition}/{record.offset}\n")
            elif int(index) == applied + 1:
                self.apply(headers["ce_type"].decode(), record.value)
                place = (record.partition, int(index), record.offset + 1)
                self.database.execute(MOVE, place)
            elif int(index) > applied + 1:
                before = self.early.get(record.partition, -1)
                self.early[record.partition] = max(before, int(index))
            self.database.execute("COMMIT")
            at = TopicPartition(record.topic, record.partition)
            if record.offset + 1 >= self.consumer.highwater(at):
                self.look_back(at)

    def look_back(self, at: TopicPartition) -> None:
        """Rule 2: at the end without a record, seek back once; then tell."""
        applied, next_offset = self.place(at.partition)
        if self.early.get(at.partition, -1) <= applied:
            return
        missing = at.partition, applied + 1
        if missing not in self.sought:
            self.sought.add(missing)
            self.consumer.seek(at, next_offset)
        else:
            sys.stderr.write("missing: partition {}, index {}\n".format(*missing))

    def apply(self, type_: str, value: bytes) -> None:
        """Add what was paid; rule 4: an unknown version of these stops us."""
        name, version = type_.split(".")[-2:]
        if name not in SIGNS:
            return
        if version not in VERSIONS:
            sys.exit(f"{type_} is not known here: read the catalogue")
        amount = json.loads(value)["amount"]
        self.database.execute(ADD, (amount["currency"], SIGNS[name] * amount["minor"]))


async def main(broker: str, topic: str, group: str, file: str) -> None:
    """Keep the sum for ever."""
    await PaidSum(broker, topic, group, file).read()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
