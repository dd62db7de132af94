"""The topics of a deployment, made as `deploy/topics.toml` declares them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local.cannot import Cannot

DECLARED = Path(__file__).resolve().parents[1] / "topics.toml"
NO_ERROR = 0


@dataclass(frozen=True)
class Topic:
    """A topic as declared."""

    name: str
    partitions: int
    settings: Mapping[str, str]


def declared(prefix: str = "", path: Path = DECLARED) -> list[Topic]:
    """Return the declared topics under a deployment's prefix."""
    entries = tomllib.loads(path.read_text())["topic"]
    return [
        Topic(prefix + entry["name"], entry["partitions"], entry["settings"])
        for entry in entries
    ]


async def provision(
    bootstrap: str, topics: Sequence[Topic], replication: int = 1
) -> None:
    """Make missing topics and set settings; never touch a partition count.

    Raises `Cannot` when a topic exists with another partition count.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = await partition_counts(admin, [topic.name for topic in topics])
        _check_counts(topics, existing)
        missing = [topic for topic in topics if topic.name not in existing]
        await _make(admin, missing, replication)
        await _set(admin, [topic for topic in topics if topic.name in existing])
    finally:
        await admin.close()


async def partition_counts(
    admin: AIOKafkaAdminClient, names: Sequence[str]
) -> dict[str, int]:
    """Return the partition count of each of these topics that exists."""
    existing = set(await admin.list_topics()) & set(names)
    if not existing:
        return {}
    described = await admin.describe_topics(sorted(existing))
    return {entry["topic"]: len(entry["partitions"]) for entry in described}


def _check_counts(topics: Sequence[Topic], existing: Mapping[str, int]) -> None:
    for topic in topics:
        found = existing.get(topic.name, topic.partitions)
        if found != topic.partitions:
            message = (
                f"Topic {topic.name} has {found} partitions instead of"
                f" {topic.partitions}, which can never change: use another prefix."
            )
            raise Cannot(message)


async def _make(
    admin: AIOKafkaAdminClient, topics: Sequence[Topic], replication: int
) -> None:
    if not topics:
        return
    answer = await admin.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions,
                replication,
                topic_configs=dict(topic.settings),
            )
            for topic in topics
        ]
    )
    for name, code, *rest in answer.topic_errors:
        if code != NO_ERROR:
            message = f"Kafka did not make topic {name}: {rest or code}"
            raise Cannot(message)


async def _set(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
    if topics:
        await admin.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC, topic.name, configs=dict(topic.settings)
                )
                for topic in topics
            ]
        )
