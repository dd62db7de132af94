"""Retry: a parked stream applied after all, event by event, in its order."""

import asyncpg
import structlog

from libs.events.stream import parked
from libs.events.stream.consumers import Consumer, Item, ReactionConsumer, read_item
from libs.events.stream.parked import Waiting
from libs.events.stream.trouble import heals, name_of

log = structlog.get_logger()


async def try_again(pool: asyncpg.Pool, consumer: Consumer, stream: str) -> bool:
    """Apply what is parked of a stream; at the first failure the rest stays parked.

    Says whether all of it was applied; raises what heals by waiting.
    """
    for copy in await parked.waiting(pool, consumer.name, stream):
        failed = await _tried(pool, consumer, read_item(copy))
        if failed is not None:
            await parked.failed_again(pool, consumer.name, stream, failed)
            return False
    log.info("stream_unparked", consumer=consumer.name, stream=stream)
    return True


async def _tried(pool: asyncpg.Pool, consumer: Consumer, item: Item) -> Waiting | None:
    if item.trouble:
        return Waiting(item, item.trouble)
    try:
        await _applied(pool, consumer, item)
    except Exception as error:  # a consumer may fail in any way
        if heals(error):
            raise
        return Waiting(item, "failed", name_of(error))
    return None


async def _applied(pool: asyncpg.Pool, consumer: Consumer, item: Item) -> None:
    events = [] if item.is_skipped else [item.recorded]
    if isinstance(consumer, ReactionConsumer):
        # Its outcome is kept under the event: once more changes nothing.
        if events:
            await consumer.react(events, ())
        await parked.remove(pool, consumer.name, item.recorded.id)
        return
    async with pool.acquire() as connection, connection.transaction():
        # Taken away first: whoever drops it meanwhile waits, or we find it gone.
        is_here = await parked.remove(connection, consumer.name, item.recorded.id)
        if is_here and events:
            await consumer.apply(connection, events)
