"""Payments of wages: the payload of every contender, and a topic full of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer

from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.parts import Proof
from libs.events.event import Actor, New, Precision, Recorded, Source
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from libs.events.views.testing import FIRST
from libs.events.views.view import View, index
from libs.money import Money

TOPIC = "qingxin.enforcement.v1"
IN_FLIGHT = 5000
FEN = 100
UNIT = "LI"
OFFICER = Actor(UUID(int=0xA), "inspection", UNIT)


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


@dataclass(frozen=True)
class Payments:
    """So many payments over so many claims, at random: the same ones every time."""

    events: int
    claims: int = 10_000
    seed: int = 7

    @property
    def total(self) -> int:
        """Return the sum of all amounts in fen: the n-th pays n yuan, up to 1,000."""
        whole, rest = divmod(self.events, 1000)
        return FEN * (whole * sum(range(1000)) + sum(range(rest)))

    def told(self) -> Iterator[Recorded]:
        """Yield them as a journal holds them, a millisecond apart."""
        random = Random(self.seed)
        versions = [0] * self.claims
        for number in range(self.events):
            claim = random.randrange(self.claims)
            versions[claim] += 1
            yield _recorded(number, claim, versions[claim])

    def streams(self) -> int:
        """Return how many claims have a payment."""
        random = Random(self.seed)
        return len({random.randrange(self.claims) for _ in range(self.events)})


def _recorded(number: int, claim: int, version: int) -> Recorded:
    stream = f"claim-{UUID(int=claim + 1)}"
    event = _paid(UUID(int=claim + 1), number)
    at = FIRST + timedelta(milliseconds=number)
    key = UUID(int=(number + 1) << 64)
    return Recorded(
        seq=number + 1,
        id=key,
        site="310199000000",
        stream=stream,
        version=version,
        type=event.name,
        schema_version=event.schema_version,
        data=event.model_dump_json(),
        occurred_at=at,
        occurred_precision=Precision.INSTANT,
        recorded_at=at,
        actor=OFFICER,
        source=Source.DOOR,
        serial=None,
        command_id=key,
        request_hmac=bytes(32),
        hash_alg="sha256",
        correlation_id=key,
        causation_id=None,
        partition_key=stream,
        traceparent=None,
        leaf=bytes(32),
        chain=bytes(32),
        service="enforcement",
        event=event,
    )


def _paid(claim_id: UUID, number: int) -> WagesPaid:
    return WagesPaid(
        claim_id=claim_id,
        case_id=UUID(int=claim_id.int // 5 + 1),
        payment_id=UUID(int=number + 1),
        person_id=claim_id,
        amount=Money(minor=number % 1000 * FEN, currency="CNY"),
        payer="employer",
        proof=Proof(kind="bank_transfer"),
        recorder_id=OFFICER.id,
    )


A_PAYMENT = _paid(UUID(int=2**127 + 1), 1)


def a_payment(stream: str) -> New:
    """Return one payment into a stream: what everybody stores, as an event."""
    return New(stream, A_PAYMENT)


def payload() -> str:
    """Return one payment as its JSON text, written anew: what everybody stores."""
    return A_PAYMENT.model_dump_json()


async def send(bootstrap: str, topic: str, events: Iterable[Recorded]) -> None:
    """Put events on a topic as a relay would."""
    indexes = [-1] * PARTITIONS
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, max_batch_size=2**18, linger_ms=5
    ) as producer:
        for count, event in enumerate(events, start=1):
            number = partition_of(event.partition_key)
            indexes[number] += 1
            key, value, headers = to_record(event, indexes[number])
            await producer.send(
                topic, value, key=key, headers=headers, partition=number
            )
            if not count % IN_FLIGHT:
                await producer.flush()
        await producer.flush()


async def check(pool: asyncpg.Pool, payments: Payments) -> None:
    """Hold that every payment is in the view once, and every version in its history."""
    row = await pool.fetchrow(
        "SELECT count(*), sum(minor), sum(payments) FROM bench_paid"
    )
    assert tuple(row) == (payments.streams(), payments.total, payments.events)
    kept = await pool.fetchval("SELECT count(*) FROM bench_paid_history")
    assert kept == payments.events
