"""A small log made in memory, sealed three times, with all that proves it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.events.audit import signing
from libs.events.audit.merkle import Tree
from libs.events.audit.proving import Evidence
from libs.events.audit.seal import Cut, Seal, Sealed, make
from libs.events.audit.signing import Announced, Keyring, SealKey
from libs.events.event import Actor, Precision, Recorded, Source
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.words import GENESIS

SITE, SERVICE = "310199000000", "routing"
START = datetime(2023, 11, 10, 1, tzinfo=UTC)
EVENTS = 20
SIZES = (8, 16, 19)
FIRST_KEY, SECOND_KEY = KEYS = signing.made(), signing.made()
Keys = tuple[SealKey, SealKey]


def log(count: int = EVENTS) -> list[Recorded]:
    """Return rows with their hashes in order."""
    return _chained([_row(seq) for seq in range(1, count + 1)])


def forged() -> list[Recorded]:
    """Return the log as it was not, with hashes in order all the same."""
    return _chained([replace(r, data=r.data.replace("街道", "街邻")) for r in log()])


def _chained(rows: list[Recorded]) -> list[Recorded]:
    chain, found = GENESIS, []
    for row in rows:
        leaf = leaf_of(row)
        chain = next_link(chain, leaf)
        found.append(replace(row, leaf=leaf, chain=chain))
    return found


def _row(seq: int) -> Recorded:
    stream = f"case-{UUID(int=seq % 3)}"
    return Recorded(
        seq=seq,
        id=UUID(int=seq),
        site=SITE,
        stream=stream,
        version=1 + seq // 3,
        type="CaseAssigned",
        schema_version=1,
        data=f'{{"case_id":"{UUID(int=seq % 3)}","unit":"街道{seq}"}}',
        occurred_at=None if seq % 4 == 0 else START,
        occurred_precision=Precision.UNKNOWN if seq % 4 == 0 else Precision.INSTANT,
        recorded_at=START + timedelta(minutes=seq),
        actor=Actor(UUID(int=7), "centre", "LI"),
        source=Source.DOOR,
        serial=f"LI-20231110-S-{seq}" if seq % 5 == 0 else None,
        command_id=UUID(int=100 + seq),
        request_hmac=b"\x01" * 32,
        hash_alg="sha256",
        correlation_id=UUID(int=200 + seq),
        causation_id=UUID(int=300) if seq % 2 else None,
        partition_key=stream,
        traceparent=None,
        service=SERVICE,
    )


def keys(*, lost: bool = False, by: Keys = KEYS) -> Keyring:
    """Return two keys: the second signs from the third seal on."""
    first = signing.announcement(by[0], Announced(SITE, SERVICE, 1))
    said = Announced(SITE, SERVICE, 3, "lost" if lost else "rotated")
    before: SealKey | str = by[0].id if lost else by[0]
    return Keyring((first, signing.announcement(by[1], said, before)))


def seals(rows: list[Recorded], by: Keys = KEYS) -> list[Seal]:
    """Return the seals of a log, the last by another key."""
    tree = Tree(row.leaf for row in rows)
    made: list[Seal] = []
    for size, key in zip(SIZES, (by[0], *by), strict=True):
        last = rows[size - 1]
        said = Sealed(SERVICE, SITE, tree.root(size), last.chain)
        cut = Cut(size, last.recorded_at, "count")
        made.append(make(said, cut, made[-1] if made else None, key))
    return made


def evidence(rows: list[Recorded], *, lost: bool = False, by: Keys = KEYS) -> Evidence:
    """Return all that proves a log."""
    tree = Tree(row.leaf for row in rows)
    return Evidence(SERVICE, keys(lost=lost, by=by), seals(rows, by), tree)
