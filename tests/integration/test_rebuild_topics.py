"""Rebuilding from real topics: what Kafka holds, foreign records left out."""

from dataclasses import replace
from random import Random

import asyncpg
from aiokafka import AIOKafkaProducer

from libs.events.event import Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.testing import recorded
from tests.stack import FreshDatabases, FreshTopics
from tests.views_filed import FILINGS, claims
from tests.views_sample import box
from tests.views_stand import APP, migrated, prepared


async def test_a_view_is_rebuilt_from_the_topic_and_foreign_records_are_left_out(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> None:
    name = (await topics.make("qingxin.enforcement.v1", partitions=PARTITIONS))[0]
    events = recorded(*claims(40), service="enforcement")
    await said(kafka, name, events)
    source = TopicSource(kafka, Topics(topics.prefix))
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool:
        await prepared(pool, FILINGS)
        entry = (await rebuild(pool, source, Order([FILINGS], APP)))[0]
        rows = await pool.fetch("SELECT stream, version, reasons FROM filings")
        versions = await pool.fetchval("SELECT count(*) FROM filings_history")
    assert entry.compared.live is None
    assert versions == 80
    assert {row["stream"]: (row["version"], row["reasons"]) for row in rows} == {
        f"claim-{box(n)}": (3, f'["r{n}", "again"]') for n in range(40)
    }


async def said(kafka: str, topic: str, events: list[Recorded]) -> None:
    """Send events as a relay does, foreign records and repeats among them."""
    random, indexes = Random(2), dict.fromkeys(range(PARTITIONS), -1)
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for event in events:
            number = partition_of(event.partition_key)
            indexes[number] += 1
            record = to_record(replace(event, data=event.data), indexes[number])
            key, value, headers = record
            for _ in range(random.choice([1, 1, 2])):
                await producer.send(
                    topic, value, key=key, headers=headers, partition=number
                )
            if random.random() < 0.2:
                await producer.send(topic, b"\xff foreign", partition=number)
