"""Envelope: a journal row as a CloudEvents record on Kafka, and back, without loss.

CloudEvents 1.0, Kafka protocol binding, binary mode. The value is the stored text,
byte for byte; every other column of the row is a header.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, unquote
from uuid import UUID

from asyncpg.pgproto import pgproto

from libs.events.event import Actor, Precision, Recorded, Source, restored
from libs.events.registry import ce_type, schema_address

Headers = list[tuple[str, bytes]]

SPEC = b"1.0"
CONTENT_TYPE = "application/json"
SOURCE = "qingxin"
TRACEPARENT = "traceparent"
NAMES = frozenset(
    {
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_sequence",
        "ce_streamversion",
        "ce_partitionkey",
        "ce_partitionindex",
        "ce_recordedtime",
        "ce_occurredprecision",
        "ce_actorid",
        "ce_actorrole",
        "ce_actorunit",
        "ce_cameby",
        "ce_commandid",
        "ce_requesthmac",
        "ce_hashalg",
        "ce_correlationid",
        "ce_leaf",
        "ce_chain",
        "ce_time",
        "ce_serial",
        "ce_causationid",
        TRACEPARENT,
    }
)


class Record(Protocol):
    """What a Kafka client hands over: one record, ours or foreign."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]] | None: ...


@dataclass(frozen=True)
class Copy:
    """A journal row as a topic holds it; `index` is dense in its partition, from 0."""

    recorded: Recorded
    index: int
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class Foreign:
    """A record on our topic that is not ours, and why we think so."""

    reason: str
    topic: str
    partition: int
    offset: int


class _NotOurs(Exception):
    """The record lacks what every record of ours has."""


def to_record(
    recorded: Recorded, index: int, schemas: str = ""
) -> tuple[bytes, bytes, Headers]:
    """Return key, value and headers of a journal row with its dense index.

    `schemas` is the base address under which JSON Schemas are served; it may change,
    and is no part of the row.
    """
    key = recorded.partition_key.encode()
    texts = _required(recorded, index) + _optional(recorded)
    if schemas:
        name, version = recorded.type, recorded.schema_version
        texts.append(("ce_dataschema", schema_address(schemas, name, version)))
    headers = [(name, text.encode()) for name, text in texts]
    return key, recorded.data.encode(), headers


def _required(recorded: Recorded, index: int) -> list[tuple[str, str]]:
    kind = ce_type(recorded.service, recorded.type, recorded.schema_version)
    return [
        ("ce_specversion", SPEC.decode()),
        ("content-type", CONTENT_TYPE),
        ("ce_id", str(recorded.id)),
        ("ce_source", f"/{SOURCE}/{quote(recorded.site, '')}/{recorded.service}"),
        ("ce_type", kind),
        ("ce_subject", recorded.stream),
        ("ce_sequence", f"{recorded.seq:020d}"),
        ("ce_streamversion", str(recorded.version)),
        ("ce_partitionkey", recorded.partition_key),
        ("ce_partitionindex", str(index)),
        ("ce_recordedtime", _instant(recorded.recorded_at)),
        ("ce_occurredprecision", recorded.occurred_precision.value),
        ("ce_actorid", str(recorded.actor.id)),
        ("ce_actorrole", recorded.actor.role),
        ("ce_actorunit", recorded.actor.unit),
        ("ce_cameby", recorded.source.value),
        ("ce_commandid", str(recorded.command_id)),
        ("ce_requesthmac", recorded.request_hmac.hex()),
        ("ce_hashalg", recorded.hash_alg),
        ("ce_correlationid", str(recorded.correlation_id)),
        ("ce_leaf", recorded.leaf.hex()),
        ("ce_chain", recorded.chain.hex()),
    ]


def _optional(recorded: Recorded) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    if recorded.occurred_at is not None:
        texts.append(("ce_time", _instant(recorded.occurred_at)))
    if recorded.serial is not None:
        texts.append(("ce_serial", recorded.serial))
    if recorded.causation_id is not None:
        texts.append(("ce_causationid", str(recorded.causation_id)))
    if recorded.traceparent is not None:
        # The appending command's own context: nobody on the way replaces it.
        texts.append((TRACEPARENT, recorded.traceparent))
    return texts


def _instant(at: datetime) -> str:
    text = at.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")


def from_record(record: Record) -> Copy | Foreign:
    """Read a record back as the journal row it copies; `event` is not loaded.

    Never raises: what is not ours comes back as Foreign with the reason.
    """
    try:
        return _copy(record)
    except _NotOurs as error:
        reason = str(error)
    except KeyError as error:
        reason = f"no header {error.args[0]}"
    except ValueError:
        reason = "a header or the value cannot be read"
    return Foreign(reason, record.topic, record.partition, record.offset)


def _copy(record: Record) -> Copy:
    if record.value is None:
        raise _NotOurs("a tombstone")
    said = _headers(record.headers or ())
    if said["ce_specversion"] != SPEC:
        raise _NotOurs("another CloudEvents version")
    if record.key != said["ce_partitionkey"]:
        raise _NotOurs("its key is not its partition key")
    index = _count(said["ce_partitionindex"], least=0)
    recorded = _recorded(said, record.value.decode())
    return Copy(recorded, index, record.topic, record.partition, record.offset)


def _recorded(said: Mapping[str, bytes], data: str) -> Recorded:
    service, name, schema_version = _type(said["ce_type"])
    occurred_at = said.get("ce_time")
    causation_id = said.get("ce_causationid")
    return restored(
        seq=_count(said["ce_sequence"]),
        id=_uuid(said["ce_id"]),
        site=_site(said["ce_source"], service),
        stream=said["ce_subject"].decode(),
        version=_count(said["ce_streamversion"]),
        type=name,
        schema_version=schema_version,
        data=data,
        occurred_at=_time(occurred_at) if occurred_at is not None else None,
        occurred_precision=_precision(said["ce_occurredprecision"]),
        recorded_at=_time(said["ce_recordedtime"]),
        actor=_actor(said["ce_actorid"], said["ce_actorrole"], said["ce_actorunit"]),
        source=_source(said["ce_cameby"]),
        serial=_text(said.get("ce_serial")),
        command_id=_uuid(said["ce_commandid"]),
        request_hmac=_bytes(said["ce_requesthmac"]),
        hash_alg=said["ce_hashalg"].decode(),
        correlation_id=_uuid(said["ce_correlationid"]),
        causation_id=_uuid(causation_id) if causation_id is not None else None,
        partition_key=said["ce_partitionkey"].decode(),
        traceparent=_text(said.get(TRACEPARENT)),
        leaf=_bytes(said["ce_leaf"]),
        chain=_bytes(said["ce_chain"]),
        service=service,
    )


# Every record passes here, often a million in a row: what few values share is read
# once, and an error is never kept (lru_cache keeps returned values only).


@lru_cache(maxsize=4096)
def _actor(person: bytes, role: bytes, unit: bytes) -> Actor:
    return Actor(_uuid(person), role.decode(), unit.decode())


@lru_cache(maxsize=1024)
def _type(kind: bytes) -> tuple[str, str, int]:
    prefix, _, rest = kind.decode().partition(".")
    service, _, rest = rest.partition(".")
    name, _, version = rest.rpartition(".v")
    if prefix != SOURCE or not service or not name:
        raise _NotOurs("another kind of event")
    return service, name, _count(version)


@lru_cache(maxsize=256)
def _site(source: bytes, service: str) -> str:
    prefix, _, rest = source.decode().removeprefix("/").partition("/")
    site, _, said_by = rest.partition("/")
    if prefix != SOURCE or said_by != service:
        raise _NotOurs("another source than its type says")
    return unquote(site)


@lru_cache(maxsize=16)
def _precision(value: bytes) -> Precision:
    return Precision(value.decode())


@lru_cache(maxsize=16)
def _source(value: bytes) -> Source:
    return Source(value.decode())


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _bytes(value: bytes) -> bytes:
    return bytes.fromhex(value.decode())


def _uuid(value: bytes) -> UUID:
    # The driver's own, as rows have it: a fifth of the time of the library's.
    found: UUID = pgproto.UUID(value.decode())
    return found


def _count(text: str | bytes, least: int = 1) -> int:
    number = int(text)
    if number < least:
        raise _NotOurs("a number below its least")
    return number


def _time(value: bytes) -> datetime:
    at = datetime.fromisoformat(value.decode())
    if at.tzinfo is None:
        raise _NotOurs("a time without its zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _headers(pairs: Sequence[tuple[str, bytes | None]]) -> dict[str, bytes]:
    """Return the headers we read; others may be null, doubled or of any bytes."""
    said: dict[str, bytes] = {}
    for name, value in pairs:
        if name in NAMES:
            if value is None:
                raise _NotOurs(f"header {name} is null")
            if name in said:
                raise _NotOurs(f"header {name} twice")
            said[name] = value
    return said
