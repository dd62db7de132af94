"""A reader written by the page alone keeps a right sum, whatever comes between."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.children import Child, Program, start
from libs.events.contracts.enforcement import WagePaymentReversed, WagesPaid
from libs.events.contracts.parts import Proof
from libs.events.event import Event, Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from libs.events.views.testing import NAMES, recorded, told
from libs.money import Money
from tests.eventually import eventually
from tests.stack import FreshTopics
from tests.topic_copy import Raw, write_raw
from tests.unit.house_style import REPOSITORY

PROGRAM = REPOSITORY / "docs" / "paid_sum.py"
CLAIMS = 120
PATIENCE = 60


def identifier(kind: str, number: int) -> UUID:
    return uuid5(NAMES, f"page {kind} {number}")


def said_of(claim: int, turn: int) -> Event:
    """Return a payment of so many fen, or, each fifth time, that it did not stand."""
    ids: dict[str, Any] = {
        "claim_id": identifier("claim", claim),
        "case_id": identifier("case", claim),
        "payment_id": identifier("payment", claim * 100 + turn - turn // 5 % 2),
        "person_id": identifier("person", claim),
        "amount": Money(minor=claim * 100 + turn, currency="CNY"),
    }
    if turn % 5 == 0:
        return WagePaymentReversed(**ids, confirmed_before=False, reason="bounced")
    proof, recorder = Proof(kind="bank_transfer"), identifier("officer", 1)
    return WagesPaid(**ids, payer="employer", proof=proof, recorder_id=recorder)


def total(events: Sequence[Recorded]) -> int:
    """Return what was paid and stood, in fen."""
    paid = 0
    for event in events:
        fact = event.fact()
        assert isinstance(fact, WagesPaid | WagePaymentReversed)
        sign = 1 if isinstance(fact, WagesPaid) else -1
        paid += sign * fact.amount.minor
    return paid


def history(turns: Sequence[int]) -> list[Recorded]:
    """Return a payment for each claim and turn, each claim's in order."""
    stories = [
        told(f"claim-{identifier('claim', claim)}", said_of(claim, turn))
        for turn in turns
        for claim in range(CLAIMS)
    ]
    return recorded(*stories, service="enforcement")


@dataclass
class Topic:
    """A topic that is filled as a relay does it, repeats and all."""

    bootstrap: str
    name: str
    sent: list[Raw]

    async def send(self, events: Sequence[Recorded]) -> None:
        """Send events, foreign records between them, and the last page again."""
        fresh = self.records(events)
        foreign = [Raw(n, b"nobody", b"{", ()) for n in range(PARTITIONS)]
        tombs = [Raw(n, b"nobody", None, ()) for n in range(PARTITIONS)]
        again = fresh[-CLAIMS // 2 :]
        self.sent += fresh
        page = [*foreign, *fresh, *tombs, *again]
        await write_raw(self.bootstrap, self.name, page)

    def records(self, events: Sequence[Recorded]) -> list[Raw]:
        """Return what a relay would send next."""
        counted = Counter(raw.partition for raw in self.sent)
        fresh: list[Raw] = []
        for event in events:
            number = partition_of(event.partition_key)
            key, value, headers = to_record(event, counted[number])
            counted[number] += 1
            fresh.append(Raw(number, key, value, tuple(headers)))
        return fresh

    async def send_as_is(self, records: Sequence[Raw]) -> None:
        """Send these and nothing between them."""
        await write_raw(self.bootstrap, self.name, records)

    async def resend(self) -> None:
        """Send everything again from the first index."""
        await write_raw(self.bootstrap, self.name, self.sent)


@pytest.fixture
async def topic(kafka: str, topics: FreshTopics) -> Topic:
    (name,) = await topics.make("qingxin.enforcement.v1", partitions=PARTITIONS)
    return Topic(kafka, name, [])


@contextmanager
def reading(topic: Topic, file: Path, group: str = "page") -> Iterator[Child]:
    """Run the page's program until the end of the block."""
    name = f"{topic.name}.{group}"
    argv = [sys.executable, str(PROGRAM), topic.bootstrap, topic.name, name, str(file)]
    log = file.with_suffix(".log")
    child = start(Program(group, argv, log, dict(os.environ)))
    try:
        yield child
    finally:
        child.kill()


def summed(file: Path) -> int:
    """Return the sum that the readers hold by now, in fen; 0 before the first."""
    if not file.exists():
        return 0
    database = sqlite3.connect(file, timeout=30)
    try:
        row = database.execute("SELECT sum(minor) FROM paid").fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()
    return int(row[0] or 0)


async def members(topic: Topic, group: str = "page") -> int:
    """Return how many readers are in a group now."""
    admin = AIOKafkaAdminClient(bootstrap_servers=topic.bootstrap)
    await admin.start()
    try:
        said = await admin.describe_consumer_groups([f"{topic.name}.{group}"])
        _, _, state, _, _, joined, *_ = said[0].groups[0]
        return len(joined) if state == "Stable" else 0
    finally:
        await admin.close()


def said(file: Path) -> list[str]:
    """Return what the reader of a file has told, a line each."""
    return file.with_suffix(".log").read_text("utf-8").splitlines()


def index_of(record: Raw) -> int:
    return int(record.header("ce_partitionindex"))


async def holds(file: Path, events: Sequence[Recorded]) -> bool:
    return await asyncio.to_thread(summed, file) == total(events)


@pytest.mark.slow
async def test_the_sum_is_right_after_a_rebalance_a_kill_and_a_replay(
    topic: Topic, tmp_path: Path
) -> None:
    told_of = history(range(1, 10))
    third = len(told_of) // 3
    file = tmp_path / "paid.sqlite"

    await topic.send(told_of[:third])
    with reading(topic, file) as first, reading(topic, file):
        await eventually(lambda: holds(file, told_of[:third]), PATIENCE)

        async def both() -> bool:
            return await members(topic) == 2

        await eventually(both, PATIENCE)
        await topic.send(told_of[third : 2 * third])
        os.kill(first.pid, signal.SIGKILL)
        await topic.send(told_of[2 * third :])
        await eventually(lambda: holds(file, told_of), PATIENCE)
        await topic.resend()
        more = history(range(1, 12))[len(told_of) :]
        await topic.send(more)
        await eventually(lambda: holds(file, [*told_of, *more]), PATIENCE)
    anew = tmp_path / "anew.sqlite"
    with reading(topic, anew, "again"):
        await eventually(lambda: holds(anew, [*told_of, *more]), PATIENCE)


async def test_what_stands_before_its_turn_waits_for_it(
    topic: Topic, tmp_path: Path
) -> None:
    """As after a topic was made again while a page was under way."""
    told_of = history(range(1, 3))
    records = topic.records(told_of)
    early = [each for each in records if index_of(each) > 0]
    await topic.send_as_is([*early, *records])
    file = tmp_path / "paid.sqlite"
    with reading(topic, file):
        await eventually(lambda: holds(file, told_of), PATIENCE)
    assert [line for line in said(file) if line.startswith("missing")] == []


async def test_what_never_comes_is_told_and_nothing_after_it_is_summed(
    topic: Topic, tmp_path: Path
) -> None:
    told_of = history(range(1, 3))
    records = topic.records(told_of)
    lost = next(each for each in records if index_of(each) == 1)
    stranger = Raw(lost.partition, b"nobody", b"{", ())
    await topic.send_as_is([each for each in records if each != lost] + [stranger])
    before = [
        event
        for event, each in zip(told_of, records, strict=True)
        if each.partition != lost.partition or index_of(each) < 1
    ]
    file = tmp_path / "paid.sqlite"

    async def has_told() -> bool:
        return f"missing: partition {lost.partition}, index 1" in said(file)

    async def strangers() -> int:
        return len([line for line in said(file) if line.startswith("not ours")])

    async def read_another() -> bool:
        return await strangers() == 3

    with reading(topic, file):
        await eventually(has_told, PATIENCE)
        await eventually(lambda: holds(file, before), PATIENCE)
        # Read twice: the second time by seeking back, and never again.
        assert await strangers() == 2
        await topic.send_as_is([stranger])
        await eventually(read_another, PATIENCE)
        assert await holds(file, before)
        await topic.send_as_is(records)
        await eventually(lambda: holds(file, told_of), PATIENCE)
    assert await strangers() == 3
