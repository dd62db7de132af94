"""Replication: how many partitions lack a replica in step, because a broker is away.

Nothing stops while one of several brokers is down: without this number nobody would
know that the next one takes the system with it.
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from aiokafka.admin import AIOKafkaAdminClient

from libs.events.stream.trouble import name_of
from libs.service.parts import Running

EVERY_SECONDS = 20.0
ANSWER_SECONDS = 10.0
MEASURE = "under_replicated_partitions"
log = structlog.get_logger()


class Replication:
    """Asks Kafka every so many seconds, beside all other work: it may take its time."""

    def __init__(
        self, bootstrap: str, topics: Sequence[str], every: float = EVERY_SECONDS
    ) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._every = every
        self._lacking: int | None = None

    async def run(self) -> None:
        """Ask for ever; while no broker answers the number is not known."""
        while True:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    self._lacking = await lacking(self._bootstrap, self._topics)
            except Exception as error:  # noqa: BLE001 -- a work's own loop
                self._lacking = None
                log.warning("replication_unknown", error=name_of(error))
            await asyncio.sleep(self._every)

    async def gauge(self) -> Mapping[str, float]:
        """Return the number of partitions; nothing before a broker has answered."""
        return {} if self._lacking is None else {MEASURE: float(self._lacking)}


def with_replication(running: Running) -> Running:
    """Have the service watch the topics that it writes to."""
    topics, service = running.topics, running.desk.service
    written = [topics.events(service), topics.audit, topics.progress]
    replication = Replication(running.settings.kafka, written)
    running.works.append(replication.run)
    running.gauges.append(replication.gauge)
    return running


async def lacking(bootstrap: str, topics: Sequence[str]) -> int:
    """Return how many partitions have fewer replicas in step than they were made for.

    Raises KafkaError when the broker that is asked does not answer.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        told = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    partitions = [one for topic in told for one in topic["partitions"]]
    return sum(len(one["isr"]) < len(one["replicas"]) for one in partitions)
