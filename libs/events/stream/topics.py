"""Topics: which topic and which partition an event goes to, and how they are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

SERVICES = ("intake", "routing", "enforcement", "reporting")
# Never changed: another count is another topic version, refilled by the relay.
PARTITIONS = 12
POSITIVE = 0x7FFFFFFF

KEEP_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1"}
KEEP_LAST = {"cleanup.policy": "compact"}


class TopicRefused(Exception):
    """The broker did not make a topic, or has it with another partition count."""


@dataclass(frozen=True)
class Topics:
    """The names of one deployment's topics; `prefix` tells deployments apart."""

    prefix: str = ""

    def events(self, service: str) -> str:
        """Return the topic that keeps a service's events for ever."""
        return f"{self.prefix}qingxin.{service}.v1"

    @property
    def audit(self) -> str:
        """The topic that keeps every service's seals and public keys for ever."""
        return f"{self.prefix}qingxin.audit.v1"

    @property
    def progress(self) -> str:
        """The compacted topic where relays say how far they are; key = service."""
        return f"{self.prefix}qingxin.progress.v1"


# Measured: 20 µs in Python for a stream's name; a page names few streams often.
@lru_cache(maxsize=65_536)
def partition_of(key: str, partitions: int = PARTITIONS) -> int:
    """Return the partition of a partition key, as Kafka's own clients count it."""
    hashed: int = murmur2(key.encode())
    return (hashed & POSITIVE) % partitions


async def provision(
    bootstrap: str,
    topics: Topics,
    services: Sequence[str] = SERVICES,
    replication: int = 1,
) -> None:
    """Make the topics that are missing, with settings that keep every event.

    Raises TopicRefused when the broker will not, or when a topic that exists has
    another number of partitions.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = {topics.events(service): PARTITIONS for service in services}
        wanted |= {topics.progress: 1, topics.audit: 1}
        await _create(admin, topics, wanted, replication)
        await _check(admin, wanted)
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient,
    topics: Topics,
    wanted: dict[str, int],
    replication: int,
) -> None:
    compacted = {topics.progress: KEEP_LAST}
    new = [
        NewTopic(
            name, count, replication, topic_configs=compacted.get(name, KEEP_FOR_EVER)
        )
        for name, count in wanted.items()
    ]
    answer = await admin.create_topics(new)
    for name, code, *_ in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise TopicRefused(f"Kafka did not make {name}: {error.__name__}")


async def _check(admin: AIOKafkaAdminClient, wanted: dict[str, int]) -> None:
    for topic in await admin.describe_topics(list(wanted)):
        name, found = topic["topic"], len(topic["partitions"])
        # A topic made a moment ago may not be known everywhere yet.
        if found not in (0, wanted[name]):
            raise TopicRefused(
                f"{name} has {found} partitions, not {wanted[name]}: partition"
                " counts never change; make a new version of the topic."
            )
