"""Pages: the connections over which pages of events become rows."""

import asyncpg

# What a process that stands still, or is cut off, holds in the database is let go.
SESSION = {
    "idle_in_transaction_session_timeout": "20s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
SETTINGS = {
    **SESSION,
    # A crash loses effect and position together, and Kafka still has the events:
    # there is no need to wait for the disk.
    "synchronous_commit": "off",
    # A page is the same few statements for ever, each by keys: planned once. A plan
    # made while a table was empty must not read all of it when it is full.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


def plain_pool(dsn: str) -> asyncpg.Pool:
    """Return a pool, to be opened, for everything but pages."""
    return asyncpg.create_pool(
        dsn, min_size=2, max_size=10, server_settings=SESSION, reset=keep_as_it_is
    )


def pages_pool(dsn: str, connections: int = 2) -> asyncpg.Pool:
    """Return a pool, to be opened, whose sessions are set for pages of events."""
    return asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=connections,
        server_settings=SETTINGS,
        reset=keep_as_it_is,
    )


async def keep_as_it_is(_: asyncpg.Connection) -> None:
    """Give a connection back without a RESET: what we set is LOCAL to a transaction.

    It was every second statement; open transactions and listeners end all the same.
    """
