"""The servers the tests run on are real, and each test has its own share of them."""

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.stack import FreshDatabases, FreshTopics

VALUE = b"\xf0\xa0\xae\xb7"


async def _insert(dsn: str, number: int) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("INSERT INTO seen VALUES ($1)", number)
        return [row["number"] for row in await connection.fetch("SELECT * FROM seen")]
    finally:
        await connection.close()


async def test_databases_of_one_template_share_nothing(
    fresh_database: FreshDatabases,
) -> None:
    sql = "CREATE TABLE seen (number int)"
    first, second = await fresh_database(sql), await fresh_database(sql)
    assert await _insert(first, 1) == [1]
    assert await _insert(second, 2) == [2]


async def test_a_record_goes_through_the_real_broker(
    kafka: str, topics: FreshTopics
) -> None:
    (topic,) = await topics.make("round-trip")
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        await producer.send_and_wait(topic, VALUE, partition=0)
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest"
    ) as consumer:
        record = await consumer.getone()
    assert record.value == VALUE
