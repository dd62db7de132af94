"""From a complaint's POST until it stands in the ledger, beside a bare round trip."""

import asyncio
from types import TracebackType
from typing import Self
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.bench.complaints import Ledger, Refused, settings
from tests.bench.loops import NotDone, Open, Outcome
from tests.bench.measure import Meter, Sample, percentiles
from tests.bench.place import Place
from tests.stack import FreshDatabases, FreshTopics

RATES = (10, 40, 70, 100, 150, 300)
SECONDS, ACTS = 6.0, 300
"""How long each rate is measured, at least, and how many acts: a p99 wants hundreds."""
PATIENCE = 20.0
BROKEN = 5.0
"""A rate is not held when its slowest hundredth waits so many seconds."""
REFUSED, LATE = "refused", f"not there in {PATIENCE:.0f} s"


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure each rate in turn, until one is not held."""
    del databases
    samples: list[Sample] = []
    async with Ledger(settings(place)) as ledger:
        await Open(10, 2).run(ledger.registered_and_seen)
        for rate in RATES:
            samples.append(await _at(place, ledger, rate))
            if samples[-1].broke:
                break
        await asyncio.wait_for(_all_seen(ledger), PATIENCE * 6)
        await ledger.check(ledger.claims)
    return samples


async def _all_seen(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.seen(claim) for claim in ledger.claims))


async def _at(place: Place, ledger: Ledger, rate: int) -> Sample:
    async def one() -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await ledger.registered_and_seen()
        except TimeoutError:
            raise NotDone(LATE) from None
        except Refused:
            raise NotDone(REFUSED) from None

    loop, meter = _open(rate), Meter(place.servers, place.services)
    with meter:
        outcome = await loop.run(one)
    return told(meter, loop, outcome)


def _open(rate: int) -> Open:
    return Open(rate, max(SECONDS, ACTS / rate))


def told(meter: Meter, loop: Open, outcome: Outcome) -> Sample:
    """Return the sample of the acts that were done, and what broke the rate."""
    spent = outcome.spent
    more = {why: float(outcome.lost[why]) for why in (REFUSED, LATE)}
    broke = [f"{n:.0f} of {loop.acts} {why}" for why, n in more.items() if n]
    if percentiles(spent).get("p99", 0.0) > BROKEN * 1000:
        broke.append(f"p99 over {BROKEN:.0f} s")
    return meter.sample(
        "ours",
        f"{loop.rate:g}",
        len(spent),
        spent,
        held="each accepted one stands in the ledger once",
        more=more,
        broke=", ".join(broke),
    )


async def _came_back(place: Place, trip: "RoundTrip", rate: int) -> Sample:
    meter = Meter(place.servers)
    with meter:
        spent = (await _open(rate).run(trip.once)).spent
    who = "Kafka round trip"
    return meter.sample(who, str(rate), len(spent), spent, held="each came back")


async def round_trip(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure one record to Kafka and back at the same rates."""
    del databases
    topic = (await FreshTopics(place.kafka).make("round-trip", partitions=1))[0]
    async with RoundTrip(place.kafka, topic) as trip:
        await Open(10, 2).run(trip.once)
        return [await _came_back(place, trip, rate) for rate in (10, 100, 300)]


class RoundTrip:
    """One record to Kafka and back, nothing else."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._topic = topic
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
        self._consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=bootstrap, auto_offset_reset="latest"
        )
        self._waiting: dict[bytes, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._producer.start()
        await self._consumer.start()
        await self._consumer.seek_to_end()
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()
        await self._producer.stop()

    async def once(self) -> None:
        """Send a record and wait until it comes back."""
        value = uuid4().bytes
        came = self._waiting[value] = asyncio.Event()
        await self._producer.send_and_wait(self._topic, value)
        await came.wait()

    async def _listen(self) -> None:
        async for record in self._consumer:
            if record.value in self._waiting:
                self._waiting.pop(record.value).set()
