"""message-db 1.3: its own SQL from its npm package, without its pgcrypto file."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import asyncpg

from tests.bench.loops import Closed
from tests.bench.measure import Meter, Sample
from tests.bench.payments import payload
from tests.bench.place import KEPT, Place
from tests.stack import FreshDatabases

PACKAGE = KEPT / "node_modules/@eventide/message-db/database"
# In the order of its installer; what PostgreSQL 18 has built in is left out.
FILES = (
    "roles/message-store.sql",
    "schema/message-store.sql",
    "tables/messages.sql",
    "types/message.sql",
    *(
        f"functions/{name}.sql"
        for name in (
            *("message-store-version", "hash-64", "acquire-lock", "category"),
            *("is-category", "id", "cardinal-id", "stream-version", "write-message"),
            *("get-stream-messages", "get-category-messages"),
            "get-last-stream-message",
        )
    ),
    *(f"indexes/messages-{name}.sql" for name in ("id", "stream", "category")),
)
WRITE = "SELECT write_message($1, $2, $3, $4::text::jsonb, NULL, -1)"
PATH = {"search_path": "message_store,public"}


async def installed(dsn: str) -> None:
    """Install it into an empty database."""
    connection = await asyncpg.connect(dsn, server_settings=PATH)
    try:
        for name in FILES:
            await connection.execute((PACKAGE / name).read_text("utf-8"))
    finally:
        await connection.close()


def is_there(folder: Path = PACKAGE) -> bool:
    """Whether the package was installed."""
    return folder.is_dir()


async def append(
    place: Place, databases: FreshDatabases, clients: Sequence[int], categories: int
) -> list[Sample]:
    """Measure appends of one message to a new stream with its expected version."""
    samples = []
    who = "message-db" + ("" if categories == 1 else f", {categories} categories")
    for number in clients:
        dsn = await databases(installed)
        async with asyncpg.create_pool(
            dsn, min_size=number, max_size=number, server_settings=PATH
        ) as pool:
            turn = iter(range(10**9))

            async def act(pool: asyncpg.Pool = pool, turn: object = turn) -> None:
                category = f"claim{next(turn) % categories}"  # type: ignore[call-overload] # an iterator
                stream = f"{category}-{uuid4()}"
                await pool.execute(WRITE, str(uuid4()), stream, "WagesPaid", payload())

            loop, meter = Closed(number), Meter(place.servers)
            spent = await loop.run(act, meter)
            count = await pool.fetchval("SELECT count(*) FROM messages")
            assert count == loop.acts
        samples.append(meter.sample(who, str(number), len(spent), spent, held="count"))
    return samples
