"""The quick reading hashes what the exact one compares, and doubts all it must."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from libs.events.audit.merkle import Frontier
from libs.events.audit.sums import Digests, JournalPart, TopicPart, Unclear, grown
from libs.events.event import Recorded
from libs.events.journal.chain import canonical_text
from libs.events.journal.words import GENESIS
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import partition_of
from tests import proved_log as made

ROWS = made.log(40)
PARTITION = partition_of(ROWS[0].partition_key)
OWN = [row for row in ROWS if partition_of(row.partition_key) == PARTITION]
Pairs = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Wire:
    """A record as a Kafka client hands it over."""

    key: bytes | None
    value: bytes | None
    headers: Pairs
    topic: str = "topic"
    partition: int = PARTITION
    offset: int = 0


def wire(row: Recorded, index: int) -> Wire:
    key, value, headers = to_record(row, index)
    return Wire(key, value, headers)


def row_of(row: Recorded) -> tuple[str, bytes, bytes, bytes]:
    return row.partition_key, row.leaf, row.chain, canonical_text(row).encode()


def part(until: int = 40) -> TopicPart:
    return TopicPart(made.SERVICE.encode(), PARTITION, until)


def test_both_sides_have_the_same_digests() -> None:
    journal = JournalPart(1, GENESIS, frozenset())
    journal.take([row_of(row) for row in ROWS])
    topic = part()
    for index, row in enumerate(OWN):
        topic.take(wire(row, index))
    of_journal = journal.done().sums
    assert topic.digests.sums() == {(PARTITION, 0): of_journal[PARTITION, 0]}
    assert of_journal[PARTITION, 0][0] == len(OWN)


def test_a_range_says_the_roots_at_seals_and_joins_the_tree() -> None:
    first = JournalPart(1, GENESIS, frozenset({13}))
    first.take([row_of(row) for row in ROWS[:32]])
    second = JournalPart(33, ROWS[31].chain, frozenset({37}))
    second.take([row_of(row) for row in ROWS[32:]])
    whole = Frontier()
    whole.add(row.leaf for row in ROWS[:37])
    tree = grown(Frontier(), first.done().peaks)
    assert grown(tree, second.done().at_seals[37]).root() == whole.root()
    assert second.done().chains == {37: ROWS[36].chain}


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_a_row_that_is_not_its_hash_is_doubted(wrong: int) -> None:
    row = list(row_of(ROWS[4]))
    row[wrong] = row[wrong] + row[wrong][:1]  # type: ignore[operator]
    journal = JournalPart(5, ROWS[3].chain, frozenset())
    if wrong == 0:  # The key alone is no part of the hash: it moves the digest.
        journal.take([(str(row[0]), *row_of(ROWS[4])[1:])])
        assert journal.done().sums
        return
    with pytest.raises(Unclear):
        journal.take([tuple(row)])  # type: ignore[list-item]


def test_near_repeats_are_taken_and_foreign_records_counted() -> None:
    topic = part()
    foreign = Wire(b"k", b"v", (("ce_id", b"x"),))
    for record in (wire(OWN[0], 0), wire(OWN[0], 0), foreign, wire(OWN[1], 1)):
        topic.take(record)
    assert (topic.index, topic.foreign) == (1, 1)
    (said,) = topic.digests.sums().values()
    assert said[0] == 2


def test_what_was_recorded_later_is_set_aside() -> None:
    topic = part(until=OWN[1].seq)
    for index, row in enumerate(OWN[:3]):
        topic.take(wire(row, index))
    assert topic.beyond == {OWN[2].seq: OWN[2].leaf + OWN[2].chain}


def changed(name: str, value: bytes | None) -> Wire:
    record = wire(OWN[0], 0)
    pairs = [(n, value if n == name else v) for n, v in record.headers]
    return replace(record, headers=pairs)


DOUBTFUL = (
    changed("ce_actorunit", b"XX"),
    changed("ce_leaf", b"00" * 32),
    changed("ce_partitionindex", b"1"),
    changed("ce_recordedtime", b"2023-11-10T01:01:00Z"),
    changed("ce_id", OWN[0].id.hex.encode()),
    replace(wire(OWN[0], 0), value=b"{}"),
)
FOREIGN = (
    changed("ce_specversion", b"0.3"),
    changed("ce_time", None),
    changed("ce_source", b"/qingxin/310199000000/intake"),
    replace(wire(OWN[0], 0), key=b"other"),
    replace(wire(OWN[0], 0), value=None),
    replace(wire(OWN[0], 0), headers=[*wire(OWN[0], 0).headers, ("ce_id", b"twice")]),
)


@pytest.mark.parametrize("record", DOUBTFUL)
def test_a_record_that_is_not_its_hash_is_doubted(record: Wire) -> None:
    with pytest.raises(Unclear):
        part().take(record)


@pytest.mark.parametrize("record", FOREIGN)
def test_what_every_reader_calls_foreign_is_foreign_here(record: Wire) -> None:
    topic = part()
    topic.take(record)
    assert (topic.foreign, topic.index) == (1, -1)


def test_digests_are_by_range() -> None:
    digests = Digests()
    digests.take(0, 1, b"a")
    digests.take(0, (1 << 16) + 1, b"b")
    assert set(digests.sums()) == {(0, 0), (0, 1)}
