"""From a complaint's POST until it stands in the ledger, against a bare round trip.

An open model: the next one starts at its time, whether the last is done or not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.settings import Settings
from tests.bench.ratio import REPEATS, Ratio, percentile, times

A_SECOND = 4
WARM_UP = 8
SAMPLES = 40
LONGEST = 30
LOOK = 0.004
STANDS = "SELECT count(*) FROM claim WHERE claim_id = $1"
# No trace: what is measured is the way, not its picture.
UNTRACED = "00-{0:032x}-{0:016x}-00"

Measure = Callable[[], Awaitable[float]]


async def visible_ratios(settings: Settings, topic: str) -> list[Ratio]:
    """Measure both by turns; return the ratios at the median and at p99."""
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    kafka = settings.servers.kafka
    async with (
        asyncpg.create_pool(settings.owner_dsn("reporting"), min_size=1) as pool,
        httpx.AsyncClient(timeout=LONGEST) as client,
        RoundTrip(kafka, topic) as round_trip,
    ):
        ledger = Ledger(settings.address("intake"), client, pool)
        await _at_a_rate(ledger.once, WARM_UP)
        await _at_a_rate(round_trip.once, WARM_UP)
        for _ in range(REPEATS):
            ours.append(await _at_a_rate(ledger.once, SAMPLES))
            bare.append(await _at_a_rate(round_trip.once, SAMPLES))
        await ledger.check(WARM_UP + REPEATS * SAMPLES)
    return [
        times(
            f"complaint POST → in the ledger, {A_SECOND}/s, p{at} ÷ Kafka round trip",
            [percentile(each, at) for each in ours],
            [percentile(each, at) for each in bare],
            "each claim stands in the ledger once",
        )
        for at in (50, 99)
    ]


async def _at_a_rate(once: Measure, count: int) -> list[float]:
    async def later(number: int) -> float:
        await _after(number / A_SECOND)
        return await once()

    return await asyncio.gather(*(later(number) for number in range(count)))


async def _after(seconds: float) -> None:
    # Not a wait for a fact: the model's own rate, and how often it looks.
    loop = asyncio.get_running_loop()
    turn = loop.create_future()
    loop.call_later(seconds, turn.set_result, None)
    await turn


class Ledger:
    """Registers complaints, and looks until they are in the ledger."""

    def __init__(
        self, address: str, client: httpx.AsyncClient, pool: asyncpg.Pool
    ) -> None:
        self._url = f"{address}/v1/complaints"
        self._client = client
        self._pool = pool
        self._claims: list[UUID] = []

    async def once(self) -> float:
        """Return the seconds that one complaint took."""
        body = {
            "channel": "web",
            "mode": "named",
            "employer": {"name": "测试建筑有限公司"},
            "workers": [{"name": "张三", "claimed": {"minor": 1_234_500}}],
        }
        trace = UNTRACED.format(uuid4().int % 2**60 + 1)
        headers = {"Idempotency-Key": str(uuid4()), "traceparent": trace}
        began = time.perf_counter()
        answer = await self._client.post(self._url, json=body, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        claim = UUID(answer.json()["claims"][0]["claim_id"])
        async with asyncio.timeout(LONGEST):
            while not await self._pool.fetchval(STANDS, claim):
                await _after(LOOK)
        self._claims.append(claim)
        return time.perf_counter() - began

    async def check(self, count: int) -> None:
        """Hold that each complaint's claim stands in the ledger once."""
        rows = await self._pool.fetch(
            "SELECT claim_id FROM claim WHERE claim_id = ANY($1)", self._claims
        )
        assert len(rows) == len({row["claim_id"] for row in rows}) == count


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

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()
        await self._producer.stop()

    async def once(self) -> float:
        """Return the seconds until a record came back."""
        value = uuid4().bytes
        came = self._waiting[value] = asyncio.Event()
        began = time.perf_counter()
        await self._producer.send_and_wait(self._topic, value)
        async with asyncio.timeout(LONGEST):
            await came.wait()
        return time.perf_counter() - began

    async def _listen(self) -> None:
        async for record in self._consumer:
            if record.value in self._waiting:
                self._waiting[record.value].set()
