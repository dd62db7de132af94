"""The digest of all streams: what two loads of one seed must have in common.

Event ids, microseconds, hashes and places in a journal are left out: they differ from
load to load. Notes that a service takes of another's facts have no order between
services: they are taken as a bag. Ids of imported rows hang on the deployment's
secrets: the row's number stands for those that its sheet gave, and the others are left
out.
"""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import asyncpg

EVENTS = """
SELECT id::text, stream, version, type, schema_version, data, occurred_at,
       occurred_precision, recorded_at, actor_id::text, actor_role, actor_unit,
       source, serial, correlation_id::text, partition_key
FROM journal.event ORDER BY seq"""
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FRACTION = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+")
OF_A_LOAD = {"document_sha256", "statement_sha256", "turn"}
BY_LEAF = ("statement", "request")
"""Items of a dossier whose digest is a row's leaf: it has the load's ids and times."""
BAG = "known-"
IMPORTED = "imported"
OF_A_ROW = ("row_id", "clue_id", "case_id", "claim_id")

Rows = Mapping[str, list[asyncpg.Record]]


async def rows_of(dsns: Mapping[str, str]) -> Rows:
    """Return every service's events."""
    found = {}
    for service, dsn in dsns.items():
        connection = await asyncpg.connect(dsn)
        try:
            found[service] = await connection.fetch(EVENTS)
        finally:
            await connection.close()
    return found


def lines(found: Rows) -> list[str]:
    """Return one line an event, without what differs from load to load."""
    every = [(service, row) for service, rows in found.items() for row in rows]
    named = _imported(row for _, row in every)
    named |= {
        row["id"]: f"{row['type']} of {_renamed(row['stream'], named)}"
        for _, row in every
    }
    return sorted(_line(service, row, named) for service, row in every)


def _imported(rows: Iterable[asyncpg.Record]) -> dict[str, str]:
    """Return what the ids of each imported row are called."""
    names: dict[str, str] = {}
    for row in rows:
        if row["type"] == "HistoryImported":
            said = json.loads(row["data"])
            number = said["channel_number"]
            names |= {said[name]: f"{IMPORTED} {name} {number}" for name in OF_A_ROW}
    return names


def digest(said: Iterable[str]) -> str:
    """Return the digest of these lines."""
    return sha256("\n".join(said).encode()).hexdigest()


def _line(service: str, row: asyncpg.Record, named: Mapping[str, str]) -> str:
    version = 0 if row["stream"].startswith(BAG) else row["version"]
    occurred = row["occurred_at"]
    parts = [
        service,
        _renamed(row["stream"], named),
        f"{version:06d}",
        f"{row['type']}.v{row['schema_version']}",
        occurred.replace(microsecond=0).isoformat() if occurred else "",
        row["occurred_precision"],
        row["recorded_at"].replace(microsecond=0).isoformat(),
        *(row["actor_id"], row["actor_role"], row["actor_unit"], row["source"]),
        row["serial"] or "",
        _renamed(row["correlation_id"], named),
        _renamed(row["partition_key"], named),
        json.dumps(_plain(json.loads(_renamed(row["data"], named))), sort_keys=True),
    ]
    said = "|".join(parts)
    # What follows from such a row has ids that follow from its ids.
    return UUID.sub("its own", said) if f"{IMPORTED} " in said else said


def _renamed(text: str, named: Mapping[str, str]) -> str:
    whole = UUID.sub(lambda found: named.get(found[0], found[0]), text)
    return FRACTION.sub(r"\1", whole)


def _plain(said: Any) -> Any:
    if isinstance(said, dict):
        own = OF_A_LOAD | ({"sha256"} if said.get("kind") in BY_LEAF else set())
        return {k: _plain(v) for k, v in said.items() if k not in own}
    if isinstance(said, list):
        return sorted((_plain(v) for v in said), key=json.dumps)
    return said
