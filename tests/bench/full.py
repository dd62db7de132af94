"""A journal and a topic that hold the same payments, rightly chained."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import asyncpg

from libs.events.event import Recorded
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.rows import COLUMNS, row_of
from libs.events.journal.words import GENESIS
from libs.events.stream.topics import PARTITIONS
from tests.bench.payments import TOPIC, Payments, send
from tests.bench.place import Place
from tests.stack import FreshTopics

EVENTS = int(os.environ.get("BENCH_EVENTS", "200000"))
"""How long the logs are that are read whole; a million with BENCH_EVENTS=1000000."""
PAGE = 10_000
HEAD = "UPDATE journal.head SET seq = $1, chain = $2, recorded_at = $3"


async def topic(place: Place, payments: Payments) -> str:
    """Fill a topic of ours, which goes with the broker; return its prefix."""
    topics = FreshTopics(place.kafka)
    await topics.make(TOPIC, partitions=PARTITIONS)
    await send(place.kafka, topics.prefix + TOPIC, chained(payments))
    return topics.prefix


def chained(payments: Payments) -> Iterator[Recorded]:
    """Yield payments with their leaf and chain, as the journal makes them."""
    chain = GENESIS
    for event in payments.told():
        leaf = leaf_of(event)
        chain = next_link(chain, leaf)
        yield replace(event, leaf=leaf, chain=chain)


async def journal(dsn: str, payments: Payments) -> None:
    """Fill a journal as its owner may: rows and head."""
    columns = [name.strip() for name in COLUMNS.split(",")]
    rows = (row_of(event) for event in chained(payments))
    connection = await asyncpg.connect(dsn)
    last = None
    try:
        while page := list(islice(rows, PAGE)):
            last = page[-1]
            await connection.copy_records_to_table(
                "event", schema_name="journal", columns=columns, records=page
            )
        assert last is not None
        told = dict(zip(columns, last, strict=True))
        head = (told["seq"], told["chain"], told["recorded_at"])
        await connection.execute(HEAD, *head)
        await connection.execute("ANALYZE journal.event")
    finally:
        await connection.close()
