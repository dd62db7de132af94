"""Which versions were measured: of ours, of both servers, and of the peers."""

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions, version
from pathlib import Path

import asyncpg

from tests.bench import message_db
from tests.bench.part import PEERS_PYTHON, Part
from tests.bench.place import Place

OURS = ("asyncpg", "aiokafka", "faststream", "fastapi", "pydantic", "uvloop")
PEERS = {
    "eventsourcing_append.py": ("eventsourcing", "psycopg"),
    "eventsourcing_project.py": ("eventsourcing", "psycopg"),
    "quix_project.py": ("quixstreams", "confluent-kafka"),
}
"""By script, the packages it stands on."""
BROKER = "kafka.Kafka"
JAR = "kafka-server-"


def of_ours() -> dict[str, str]:
    """Return the packages that ours stands on."""
    return {name: version(name) for name in OURS}


async def of_servers(place: Place) -> dict[str, str]:
    """Return PostgreSQL's version, and Kafka's where its process is ours to see."""
    connection = await asyncpg.connect(place.admin)
    try:
        told = str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()
    found = {"PostgreSQL": told.partition(" ")[0]}
    for broker in _brokers(place.servers):
        found["Kafka"] = broker
    return found


def _brokers(servers: Sequence[int]) -> Iterator[str]:
    """Yield each broker's version: its command names its folder of jars."""
    for pid in servers:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if BROKER in words:
            jars = Path(words[words.index("-cp") + 1]).parent
            yield from (jar_version(file.name) for file in jars.glob(f"{JAR}[0-9]*"))


def jar_version(name: str) -> str:
    """Return the version in the name of a jar of the broker's."""
    return name.removeprefix(JAR).removesuffix(".jar")


def of_peers(part: Part) -> dict[str, str]:
    """Return the versions of a part's peers, as they are installed."""
    wanted = [name for script in part.scripts for name in PEERS[script]]
    folders = PEERS_PYTHON.parent.parent.glob("lib/python*/site-packages")
    path = [str(folder) for folder in folders]
    found = {
        name: one.version
        for name in dict.fromkeys(wanted)
        for one in distributions(name=name, path=path)
    }
    if "message_db" in part.contenders:
        told = json.loads((message_db.PACKAGE.parent / "package.json").read_text())
        found["message-db"] = told["version"]
    return found
