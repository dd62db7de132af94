"""A consumer that aiokafka ends as cancelled takes nobody with it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from libs.events.stream.reading import stopped


@dataclass
class Broken:
    """Ends its closer as aiokafka does, or lets it wait; and its own connection."""

    waits: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    @property
    def _client(self) -> "Broken":
        return self

    async def stop(self) -> None:
        await self.waits.wait()
        raise asyncio.CancelledError

    async def close(self) -> None:
        self.closed = True


async def test_its_closer_goes_on_and_closes_what_was_left_open() -> None:
    consumer = Broken()
    consumer.waits.set()
    await stopped(consumer)
    assert consumer.closed


async def test_a_closer_that_is_cancelled_himself_ends() -> None:
    closing = asyncio.create_task(stopped(Broken()))
    await asyncio.wait({closing}, timeout=0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
