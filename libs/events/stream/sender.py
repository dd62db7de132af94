"""Sender: one Kafka producer that is thrown away at its first failure."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.structs import RecordMetadata

from libs.events.event import Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.leadership import Last
from libs.events.stream.progress import Progress

log = structlog.get_logger()

BATCH_BYTES = 262_144
REQUEST_BYTES = 1_048_576
REQUEST_MS = 10_000
ACKNOWLEDGE_SECONDS = 30
CLOSE_SECONDS = 3


class SendFailed(Exception):
    """A record was not acknowledged: all after the checkpoint is sent again."""


@dataclass(frozen=True)
class Numbered:
    """A journal row with its partition and its dense index there."""

    recorded: Recorded
    partition: int
    index: int


class Sender:
    """Sends pages to one topic; every record is acknowledged by all replicas."""

    def __init__(
        self, bootstrap: str, topic: str, *, idempotent: bool, schemas: str = ""
    ) -> None:
        self._topic = topic
        self._schemas = schemas
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            enable_idempotence=idempotent,
            # A page is handed over without a pause: there is nothing to linger for.
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=REQUEST_BYTES,
            request_timeout_ms=REQUEST_MS,
        )

    async def open(self) -> None:
        await self._producer.start()

    async def discard(self) -> None:
        """Drop the producer with whatever it still holds."""
        # `stop` alone would first flush, for ever while the broker is away.
        self._producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._producer.stop()
        except Exception as error:  # noqa: BLE001 -- it fails on what we threw away
            log.warning("producer_discarded", error=type(error).__name__)
            await self._producer.client.close()

    async def send(self, page: Sequence[Numbered]) -> dict[int, Last]:
        """Send a page in order and return the last record of each partition.

        Raises SendFailed when one of them was not acknowledged.
        """
        try:
            # A producer can be stuck without ever failing (aiokafka#1017).
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                futures = [await self._one(each) for each in page]
                acknowledged = await asyncio.gather(*futures)
        except (KafkaError, TimeoutError) as error:
            raise SendFailed from error
        return {
            each.partition: Last(each.index, each.recorded.id, metadata.offset)
            for each, metadata in zip(page, acknowledged, strict=True)
        }

    async def _one(self, each: Numbered) -> "asyncio.Future[RecordMetadata]":
        key, value, headers = to_record(each.recorded, each.index, self._schemas)
        future: asyncio.Future[RecordMetadata] = await self._producer.send(
            self._topic, value, key=key, partition=each.partition, headers=headers
        )
        return future

    async def publish(self, topic: str, progress: Progress) -> None:
        """Say how far the topic is; raises SendFailed."""
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                await self._producer.send_and_wait(
                    topic, progress.to_json(), key=progress.service.encode()
                )
        except (KafkaError, TimeoutError) as error:
            raise SendFailed from error
