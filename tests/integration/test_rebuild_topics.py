"""Rebuilding from real topics: what Kafka holds, foreign records left out."""

from dataclasses import dataclass, replace
from random import Random

import asyncpg
from aiokafka import AIOKafkaProducer

from libs.events.contracts.enforcement import CaseFiled, ClaimWithdrawn
from libs.events.event import Event, Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.testing import recorded, told
from libs.events.views.view import View
from tests.stack import FreshDatabases, FreshTopics
from tests.views_sample import box
from tests.views_stand import APP, migrated, prepared


@dataclass(frozen=True)
class Filing:
    """How often a claim was withdrawn, and by which reasons."""

    reasons: tuple[str, ...]


def evolve(row: Filing | None, event: Recorded) -> Filing | None:
    """Fold one withdrawal."""
    match event.fact():
        case ClaimWithdrawn() as withdrawn:
            before = () if row is None else row.reasons
            return Filing((*before, withdrawn.reason))
        case _:
            return row


FILINGS = View("filings", 1, ("enforcement",), Filing, (ClaimWithdrawn,), evolve)


def withdrawn(number: int, reason: str) -> Event:
    """Return a withdrawal of a numbered claim."""
    case, claim, clue = box(1), box(number), box(2)
    return ClaimWithdrawn(claim_id=claim, case_id=case, clue_id=clue, reason=reason)


async def test_a_view_is_rebuilt_from_the_topic_and_foreign_records_are_left_out(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> None:
    name = (await topics.make("qingxin.enforcement.v1", partitions=PARTITIONS))[0]
    filed = CaseFiled(case_id=box(1), unit="DB", officer_ids=())
    stories = [
        told(f"claim-{box(n)}", withdrawn(n, f"r{n}"), filed, withdrawn(n, "again"))
        for n in range(40)
    ]
    events = recorded(*stories, service="enforcement")
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
