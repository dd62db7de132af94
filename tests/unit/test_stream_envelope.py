"""A journal row survives its way over Kafka bit for bit; what is foreign is told."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.algorithms import HASH
from libs.events.event import Actor, Precision, Recorded, Source
from libs.events.journal.chain import leaf_of
from libs.events.stream.envelope import Copy, Foreign, from_record, to_record

AT = datetime(2023, 11, 10, 8, tzinfo=UTC)
ROW = Recorded(
    seq=7,
    id=UUID(int=1),
    site="310199000000",
    stream=f"case-{UUID(int=2)}",
    version=3,
    type="CaseTransferred",
    schema_version=2,
    data='{"a": 1,  "b":"欠薪𠮷"}',
    occurred_at=AT,
    occurred_precision=Precision.INSTANT,
    recorded_at=AT,
    actor=Actor(UUID(int=3), "brigade", "310199000001"),
    source=Source.DOOR,
    serial=None,
    command_id=UUID(int=4),
    request_hmac=b"\x00\xff" * 16,
    hash_alg="sha256",
    correlation_id=UUID(int=5),
    causation_id=None,
    partition_key=f"case-{UUID(int=2)}",
    traceparent=None,
    leaf=b"\x01" * 32,
    chain=b"\x02" * 32,
    service="routing",
)


@dataclass(frozen=True)
class Stored:
    """A record as a consumer gets it."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    topic: str = "qingxin.routing.v1"
    partition: int = 4
    offset: int = 99


def stored(row: Recorded, index: int = 5) -> Stored:
    key, value, headers = to_record(row, index)
    return Stored(key, value, tuple(headers))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True)
instants = st.datetimes(timezones=st.just(UTC))
rows = st.builds(
    Recorded,
    seq=st.integers(1, 2**62),
    id=st.uuids(),
    site=texts,
    stream=texts,
    version=st.integers(1, 2**30),
    type=names,
    schema_version=st.integers(1, 99),
    data=texts,
    occurred_at=st.none() | instants,
    occurred_precision=st.sampled_from(Precision),
    recorded_at=instants,
    actor=st.builds(Actor, st.uuids(), texts, texts),
    source=st.sampled_from(Source),
    serial=st.none() | texts,
    command_id=st.uuids(),
    request_hmac=st.binary(max_size=40),
    hash_alg=texts,
    correlation_id=st.uuids(),
    causation_id=st.none() | st.uuids(),
    partition_key=texts,
    traceparent=st.none() | texts,
    leaf=st.binary(max_size=32),
    chain=st.binary(max_size=32),
    service=st.sampled_from(["intake", "routing"]),
    event=st.none(),
)


@settings(deadline=None)
@given(rows, st.integers(0, 2**62))
def test_every_row_comes_back_as_it_was_stored(row: Recorded, index: int) -> None:
    copy = from_record(stored(row, index))
    assert copy == Copy(row, index, "qingxin.routing.v1", 4, 99)


@settings(deadline=None)
@given(rows)
def test_the_hash_of_a_row_can_be_computed_from_its_record(row: Recorded) -> None:
    row = replace(row, hash_alg=HASH)
    copy = from_record(stored(row))
    assert isinstance(copy, Copy)
    assert leaf_of(copy.recorded) == leaf_of(row)


def test_a_record_is_a_cloud_event() -> None:
    row = replace(ROW, serial="310199001-20231110-receipt-000001", causation_id=uuid4())
    key, value, headers = to_record(row, 5)
    event = from_binary_event(KafkaMessage(dict(headers), key, value))
    assert event.get_id() == str(row.id)
    assert event.get_type() == "qingxin.routing.CaseTransferred.v2"
    assert event.get_source() == "/qingxin/310199000000/routing"
    assert event.get_subject() == row.stream
    assert event.get_time() == AT
    assert event.get_extension("sequence") == "00000000000000000007"


def test_an_unknown_time_is_left_out() -> None:
    row = replace(ROW, occurred_at=None, occurred_precision=Precision.UNKNOWN)
    assert "ce_time" not in dict(to_record(row, 0)[2])


def changed(name: str, value: bytes | None) -> Stored:
    record = stored(ROW)
    headers = tuple((n, value if n == name else v) for n, v in record.headers)
    return replace(record, headers=headers)


def without(name: str) -> Stored:
    record = stored(ROW)
    return replace(record, headers=tuple(h for h in record.headers if h[0] != name))


FOREIGN = {
    "no headers": replace(stored(ROW), headers=()),
    "a tombstone": replace(stored(ROW), value=None),
    "a null header": changed("ce_id", None),
    "a header that is no text": changed("ce_subject", b"\xff\xfe"),
    "a value that is no text": replace(stored(ROW), value=b"\xff"),
    "another CloudEvents version": changed("ce_specversion", b"0.3"),
    "another source": changed("ce_source", b"/elsewhere"),
    "another service in its source": changed("ce_source", b"/qingxin/1/intake"),
    "another kind of event": changed("ce_type", b"com.example.Thing"),
    "a type without a version": changed("ce_type", b"qingxin.routing.X"),
    "a version that is no number": changed("ce_type", b"qingxin.routing.X.vx"),
    "an id that is none": changed("ce_id", b"17"),
    "an index below zero": changed("ce_partitionindex", b"-1"),
    "a time without its zone": changed("ce_recordedtime", b"2023-11-10T08:00:00"),
    "a time that is none": changed("ce_recordedtime", b"yesterday"),
    "no index": without("ce_partitionindex"),
    "another key": replace(stored(ROW), key=b"other"),
    "no key": replace(stored(ROW), key=None),
    "a header twice": replace(
        stored(ROW), headers=(*stored(ROW).headers, ("ce_id", b"x"))
    ),
}


@pytest.mark.parametrize("record", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_record_is_told_and_never_raises(record: Stored) -> None:
    read = from_record(record)
    assert isinstance(read, Foreign)
    assert read.reason
    assert (read.topic, read.partition, read.offset) == ("qingxin.routing.v1", 4, 99)


def test_headers_of_others_do_not_matter() -> None:
    more = (("b3", b"\xff"), ("b3", None), ("reply_to", b"somewhere"))
    record = replace(stored(ROW), headers=(*stored(ROW).headers, *more))
    assert isinstance(from_record(record), Copy)
