"""The hash chain, recomputed outside the database (see `journal.leaf` in SQL)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from libs.events.algorithms import HASH, UnknownAlgorithm, digest
from libs.events.event import Recorded
from libs.events.journal.words import LogCorrupted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORMAT = "qingxin.leaf.v1"
_link = digest(HASH)


def leaf_of(record: Recorded) -> bytes:
    """Return the hash, of the kind that it names, of the record's canonical text.

    Raises UnknownAlgorithm.
    """
    return digest(record.hash_alg)(canonical_text(record).encode())


def canonical_text(record: Recorded) -> str:
    """Return what is hashed of a record: one field a line, data last."""
    fields: tuple[object, ...] = (
        FORMAT,
        record.seq,
        record.id,
        record.site,
        record.stream,
        record.version,
        record.type,
        record.schema_version,
        _micros(record.occurred_at),
        record.occurred_precision.value,
        _micros(record.recorded_at),
        record.actor.id,
        record.actor.role,
        record.actor.unit,
        record.source.value,
        record.serial,
        record.command_id,
        record.request_hmac.hex(),
        record.hash_alg,
        record.correlation_id,
        record.causation_id,
        record.partition_key,
        record.traceparent,
        record.data,
    )
    return "\n".join("" if field is None else str(field) for field in fields)


def next_link(chain: bytes, leaf: bytes) -> bytes:
    """Return the chain after one more leaf."""
    return _link(chain + leaf)


def verified(records: Iterable[Recorded], seq: int, chain: bytes) -> Iterator[Recorded]:
    """Pass on what follows (seq, chain) as long as numbers and hashes hold.

    Raises LogCorrupted, naming the first number at which they do not.
    """
    for record in records:
        seq += 1
        if record.seq != seq:
            message = f"event {seq} is missing: {record.seq} follows {seq - 1}"
            raise LogCorrupted(message)
        if not _is_its(record, record.leaf):
            message = f"event {seq} is not what was recorded: its hash differs"
            raise LogCorrupted(message)
        chain = next_link(chain, record.leaf)
        if chain != record.chain:
            message = f"the chain breaks at event {seq}"
            raise LogCorrupted(message)
        yield record


def _is_its(record: Recorded, leaf: bytes) -> bool:
    try:
        return leaf_of(record) == leaf
    except UnknownAlgorithm as error:
        message = f"event {record.seq} names a hash that is not known here: {error}"
        raise LogCorrupted(message) from None


def _micros(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // timedelta(microseconds=1)
