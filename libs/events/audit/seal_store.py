"""Where seals are kept: a table of the journal, the audit topic, and a folder.

The table arbitrates: of two that make one number, the first stands, and only what
stands there is told on the topic and written as a file.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.events.audit.seal import Seal, parsed
from libs.events.audit.signing import Keyring, canonical, is_key, write_at_once
from libs.events.stream.envelope import Foreign, Record
from libs.events.stream.reading import reading
from libs.events.stream.topics import SERVICES

ALL = """
SELECT document FROM journal.seal WHERE number > $1 ORDER BY number LIMIT $2"""
KEEP = "SELECT journal.keep_seal($1, $2, $3)"
KEYS = "keys.json"
WAIT_MS = 1000
FETCH_MS = 100
KNOWN_SECONDS = 10.0
LOOK_SECONDS = 0.05


class SealConflict(Exception):
    """Places that keep the same seals hold different ones."""


@dataclass(frozen=True)
class Told:
    """What the audit topic says of one service: its records' texts, in order.

    `foreign` are records of nobody: neither a seal nor a key, or under no service.
    """

    texts: Sequence[str]
    foreign: Sequence[Foreign] = ()

    def seals(self) -> list[Seal]:
        """Return the seals among them; what is none is left out."""
        return list(_seals(self.texts))


def _seals(texts: Iterable[str]) -> Iterable[Seal]:
    for text in texts:
        try:
            yield parsed(text)
        except (ValueError, RecursionError):  # Nested deeper than can be read.
            continue


async def kept(
    where: asyncpg.Pool | asyncpg.Connection, after: int = 0, limit: int | None = None
) -> list[Seal]:
    """Return the seals of the journal's table; raises ValueError when one is none."""
    return [parsed(row["document"]) for row in await where.fetch(ALL, after, limit)]


async def keep(connection: asyncpg.Connection, seal: Seal) -> Seal:
    """Keep a seal, and return the one that stands under its number."""
    return parsed(await connection.fetchval(KEEP, seal.number, seal.size, seal.text))


async def told(
    bootstrap: str, topic: str, service: str, seconds: float = KNOWN_SECONDS
) -> Told:
    """Read the audit topic to its end; a seal may be told more than once.

    Raises LookupError when there is no such topic within `seconds`.
    """
    at = TopicPartition(topic, 0)
    texts: list[str] = []
    foreign: list[Foreign] = []
    async with reading(bootstrap, fetch_max_wait_ms=FETCH_MS) as consumer:
        await _await_topic(consumer, topic, seconds)
        consumer.assign([at])
        consumer.seek(at, (await consumer.beginning_offsets([at]))[at])
        end = (await consumer.end_offsets([at]))[at]
        while await consumer.position(at) < end:
            page = await consumer.getmany(at, timeout_ms=WAIT_MS)
            for record in page.get(at, ()):
                if reason := _foreign(record, service):
                    foreign.append(Foreign(reason, topic, 0, record.offset))
                if record.key == service.encode() and record.value is not None:
                    texts.append(_text(record.value))
    return Told(texts, foreign)


def _foreign(record: Record, service: str) -> str | None:
    """Return why a record is nobody's; another service's are its own to judge."""
    key = (record.key or b"").decode("utf-8", "replace")
    if key not in SERVICES:
        return "under no service"
    if key != service:
        return None
    if record.value is None:
        return "a tombstone"
    text = _text(record.value)
    return None if any(_seals([text])) or is_key(text) else "neither seal nor key"


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


async def _await_topic(consumer: AIOKafkaConsumer, topic: str, seconds: float) -> None:
    # A topic made a moment ago may not be known everywhere yet.
    until = monotonic() + seconds
    while topic not in await consumer.topics():
        if monotonic() >= until:
            message = f"there is no topic {topic}"
            raise LookupError(message)
        await asyncio.sleep(LOOK_SECONDS)


async def tell(bootstrap: str, topic: str, service: str, texts: Sequence[str]) -> None:
    """Publish documents, each acknowledged; raises KafkaError."""
    if not texts:
        return
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True
    ) as producer:
        for text in texts:
            await producer.send_and_wait(topic, text.encode(), key=service.encode())


@dataclass(frozen=True)
class Folder:
    """A service's folder of seals, and the list of its public keys, to be carried off.

    A file is written once: one that says another thing is left, as evidence.
    """

    path: Path

    def keys(self) -> Keyring:
        """Return the public keys; raises KeyRefused."""
        return Keyring.read(self.path / KEYS)

    def announce(self, keys: Keyring) -> None:
        """Replace the list of public keys."""
        keys.write(self.path / KEYS)

    def seals(self) -> list[Seal]:
        """Return the seals in the files, in order; raises SealConflict for another."""
        found = []
        for file in sorted(self.path.glob("seal-*.json")):
            try:
                found.append(parsed(file.read_text("utf-8")))
            except ValueError:
                message = f"{file.name} holds no seal"
                raise SealConflict(message) from None
        return found

    def write(self, seals: Iterable[Seal]) -> None:
        """Write the seals that are not there; raises SealConflict for another one."""
        for seal in seals:
            file = self.path / f"seal-{seal.number:06d}.json"
            if not file.exists():
                write_at_once(file, seal.text, 0o644)
            elif file.read_text("utf-8") != seal.text:
                message = f"{file.name} is another seal {seal.number} than is kept"
                raise SealConflict(message)


def key_texts(keys: Keyring) -> list[str]:
    """Return the public keys as the topic tells them."""
    return [canonical(document) for document in keys.documents]
