"""Every place where words may end up, searched for words that must not be there."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import asyncpg

from tests.end_to_end.whole import ALL, Whole
from tests.stack import with_database
from tests.topic_copy import Raw, read_raw

TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""

Sink = tuple[str, bytes]
"""Where, and what stands there."""


def spellings(word: str) -> set[bytes]:
    """Return a word as logs, JSON, addresses, dumps and encodings would write it."""
    raw = word.encode()
    escaped = json.dumps(word)[1:-1].encode()
    return {
        raw,
        escaped,
        # A dump doubles each backslash.
        escaped.replace(b"\\", b"\\\\"),
        quote(word).encode(),
        raw.hex().encode(),
        # Without its ends, which depend on what stands beside it.
        base64.b64encode(raw)[:-4] if len(raw) % 3 else base64.b64encode(raw),
    }


def leaks(sinks: Iterable[Sink], words: Iterable[str]) -> list[str]:
    """Return `word in place` for each word that stands somewhere."""
    looked_for = [(word, spellings(word)) for word in words]
    return [
        f"{word} in {where}"
        for where, content in sinks
        for word, ways in looked_for
        if any(way in content for way in ways)
    ]


async def every_sink(whole: Whole) -> list[Sink]:
    """Return all databases, all topics, all files, all metrics."""
    found = [sink async for sink in _databases(whole)]
    found += await _topics(whole)
    found += await asyncio.to_thread(_files, whole.state)
    for service in ALL:
        async with whole.client(service) as client:
            metrics = await client.get("/metrics")
        assert metrics.status_code == 200
        found.append((f"metrics of {service}", metrics.content))
    return found


async def _databases(whole: Whole) -> AsyncIterator[Sink]:
    for service in ALL:
        admin = whole.settings.servers.admin
        dsn = with_database(admin, whole.settings.database(service).name)
        connection = await asyncpg.connect(dsn)
        try:
            for (table,) in await connection.fetch(TABLES):
                dump = io.BytesIO()
                await connection.copy_from_query(
                    f"SELECT * FROM {table}", output=dump, format="text"
                )
                yield f"{service}: {table}", dump.getvalue()
        finally:
            await connection.close()


async def _topics(whole: Whole) -> list[Sink]:
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    found = []
    for service in ALL:
        topic = f"{prefix}qingxin.{service}.v1"
        found += [(topic, _bytes(raw)) for raw in await read_raw(kafka, topic)]
    progress = f"{prefix}qingxin.progress.v1"
    found += [(progress, _bytes(raw)) for raw in await read_raw(kafka, progress, 1)]
    return found


def _bytes(raw: Raw) -> bytes:
    headers: Sequence[bytes] = [
        part for name, text in raw.headers for part in (name.encode(), text or b"")
    ]
    return b"\n".join([raw.key or b"", raw.value or b"", *headers])


def _files(state: Path) -> list[Sink]:
    return [
        (str(file.relative_to(state)), file.read_bytes())
        for file in sorted(state.rglob("*"))
        if file.is_file() and not file.is_socket()
    ]
