"""Holding: what a transaction reads stays the version that it began with.

PostgreSQL's snapshots hold rows, not names: without this a transaction whose snapshot
is older than a switch would read the new version's tables by the old names, and see
none of the rows that the rebuild has loaded since.
"""

from collections.abc import Iterable

import asyncpg

from libs.events.views.live import readers
from libs.events.views.view import Declared

HOLD = "LOCK TABLE {names} IN ACCESS SHARE MODE"


async def hold(connection: asyncpg.Connection, views: Iterable[Declared]) -> None:
    """Let no rebuild change over these views before this transaction ends.

    The first statement of a transaction: it takes no snapshot. A switch that is under
    way is waited for; one that comes gives way, and tries again.
    """
    # A lock on an SQL view is one on its tables, too.
    names = [name for one in views for name in readers(one)]
    await connection.execute(HOLD.format_map({"names": ", ".join(names)}))
