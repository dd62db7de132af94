"""Between journal rows and recorded events."""

from typing import Any
from uuid import UUID

import asyncpg

from libs.events import registry
from libs.events.event import Actor, Precision, Recorded, Source

COLUMNS = (
    "seq, id, site, stream, version, type, schema_version, data, occurred_at,"
    " occurred_precision, recorded_at, actor_id, actor_role, actor_unit, source,"
    " serial, command_id, request_hmac, hash_alg, correlation_id, causation_id,"
    " partition_key, traceparent, leaf, chain"
)


def recorded(row: asyncpg.Record, service: str) -> Recorded:
    """Return a row of `journal.event` with its event, if its type is known."""
    return loaded(stored(row, service))


def stored(row: asyncpg.Record, service: str) -> Recorded:
    """Return a row of `journal.event` as it stands, whatever its data says."""
    return Recorded(
        seq=row["seq"],
        id=plain(row["id"]),
        site=row["site"],
        stream=row["stream"],
        version=row["version"],
        type=row["type"],
        schema_version=row["schema_version"],
        data=row["data"],
        occurred_at=row["occurred_at"],
        occurred_precision=Precision(row["occurred_precision"]),
        recorded_at=row["recorded_at"],
        actor=Actor(plain(row["actor_id"]), row["actor_role"], row["actor_unit"]),
        source=Source(row["source"]),
        serial=row["serial"],
        command_id=plain(row["command_id"]),
        request_hmac=row["request_hmac"],
        hash_alg=row["hash_alg"],
        correlation_id=plain(row["correlation_id"]),
        causation_id=row["causation_id"] and plain(row["causation_id"]),
        partition_key=row["partition_key"],
        traceparent=row["traceparent"],
        leaf=row["leaf"],
        chain=row["chain"],
        service=service,
    )


def loaded(record: Recorded) -> Recorded:
    """Return the record with its event loaded; unknown types stay unloaded."""
    if record.event is None:
        try:
            event = registry.load(record.type, record.schema_version, record.data)
        except registry.Unknown:
            return record
        object.__setattr__(record, "event", event)
    return record


def row_of(record: Recorded) -> tuple[Any, ...]:
    """Return the record in the order of `journal.event`'s columns."""
    return (
        record.seq,
        record.id,
        record.site,
        record.stream,
        record.version,
        record.type,
        record.schema_version,
        record.data,
        record.occurred_at,
        record.occurred_precision.value,
        record.recorded_at,
        record.actor.id,
        record.actor.role,
        record.actor.unit,
        record.source.value,
        record.serial,
        record.command_id,
        record.request_hmac,
        record.hash_alg,
        record.correlation_id,
        record.causation_id,
        record.partition_key,
        record.traceparent,
        record.leaf,
        record.chain,
    )


def plain(value: UUID) -> UUID:
    """Return a UUID of the standard library (the driver brings its own subclass)."""
    return UUID(int=value.int)
