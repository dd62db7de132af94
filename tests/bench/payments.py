"""Payments of wages on a topic, and a view that sums them: what the bench reads."""

from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID, uuid5

import asyncpg
from aiokafka import AIOKafkaProducer

from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.parts import Proof
from libs.events.event import Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from libs.events.views.testing import NAMES, recorded, told
from libs.events.views.view import View, index
from libs.money import Money

STREAMS = 1000
EACH = 10
EVENTS = STREAMS * EACH
TOTAL = STREAMS * sum(range(1, EACH + 1)) * 100
TOPIC = "qingxin.enforcement.v1"
IN_FLIGHT = 2000


@dataclass(frozen=True)
class Paid:
    """A claim's payments, in fen."""

    claim_id: UUID
    case_id: UUID
    minor: int
    payments: int


def evolve(row: Paid | None, event: Recorded) -> Paid | None:
    """Add one payment."""
    match event.fact():
        case WagesPaid() as paid:
            before = row or Paid(paid.claim_id, paid.case_id, 0, 0)
            minor = before.minor + paid.amount.minor
            return replace(before, minor=minor, payments=before.payments + 1)
        case _:
            return row


PAID = View(
    name="bench_paid",
    version=1,
    services=("enforcement",),
    row=Paid,
    on=(WagesPaid,),
    evolve=evolve,
    indexes=(index("case_id", history=True),),
)


def history() -> list[Recorded]:
    """Return all payments: each claim is paid 1, 2, … yuan, one after another."""
    stories = [
        told(f"claim-{_id('claim', number)}", _payment(number, turn))
        for turn in range(1, EACH + 1)
        for number in range(STREAMS)
    ]
    return recorded(*stories, service="enforcement")


def _payment(number: int, turn: int) -> WagesPaid:
    return WagesPaid(
        claim_id=_id("claim", number),
        case_id=_id("case", number // 5),
        payment_id=_id("payment", number * EACH + turn),
        person_id=_id("person", number),
        amount=Money(minor=turn * 100, currency="CNY"),
        payer="employer",
        proof=Proof(kind="bank_transfer"),
        recorder_id=_id("officer", 1),
    )


def _id(kind: str, number: int) -> UUID:
    return uuid5(NAMES, f"bench {kind} {number}")


async def send(bootstrap: str, topic: str) -> None:
    """Put the payments on a topic as a relay would."""
    indexes = dict.fromkeys(range(PARTITIONS), -1)
    events = iter(history())
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        while page := list(islice(events, IN_FLIGHT)):
            for event in page:
                number = partition_of(event.partition_key)
                indexes[number] += 1
                key, value, headers = to_record(event, indexes[number])
                await producer.send(
                    topic, value, key=key, headers=headers, partition=number
                )
            await producer.flush()


async def check(pool: asyncpg.Pool) -> None:
    """Hold that every payment is in the view once, and every version in its history."""
    row = await pool.fetchrow(
        "SELECT count(*), sum(minor), sum(payments) FROM bench_paid"
    )
    assert tuple(row) == (STREAMS, TOTAL, EVENTS)
    assert await pool.fetchval("SELECT count(*) FROM bench_paid_history") == EVENTS
