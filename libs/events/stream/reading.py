"""Reading: a consumer that is in no group, from its start to its stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer


@asynccontextmanager
async def reading(bootstrap: str, **settings: Any) -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a consumer that is started and commits nothing; stop it after.

    `settings` are aiokafka's own. Raises KafkaError when no broker answers.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        **settings,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await stopped(consumer)


async def stopped(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer; whoever stops it goes on, unless it is cancelled itself.

    aiokafka 0.14 ends its closer as cancelled when it waits to fetch once more, and
    leaves its connections open.
    """
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        await consumer._client.close()  # noqa: SLF001 -- what it had still to do.
