"""A relay or a consumer in a process of its own, to be stopped or killed in its midst.

`python -m tests.stream_child relay|stuck-relay|stuck-consumer DSN KAFKA PREFIX`
"""

import asyncio
import sys
from collections.abc import Sequence

import asyncpg

from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from libs.events.stream.leadership import Lead
from libs.events.stream.pump import RelaySettings
from libs.events.stream.relay import Relay
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import Topics
from tests.stream_scene import SERVICE, Seen

MIDST = "in the midst"
SILENT = 2.0


async def _stand_still(*_: object) -> None:
    sys.stdout.write(f"{MIDST}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


class Stuck(Seen):
    """A view that makes its effect and never comes back to commit it."""

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        await super().apply(connection, events)
        await _stand_still()


async def main(what: str, dsn: str, bootstrap: str, prefix: str) -> None:
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=4)
    topics = Topics(prefix)
    if what == "stuck-consumer":
        short = SubscriptionSettings(
            bootstrap, topics, session_ms=1500, heartbeat_ms=300
        )
        await Subscription(f"{prefix}views", [Stuck()], pool, short).start()
    else:
        if what == "stuck-relay":
            # Sent and acknowledged, but the checkpoint has not moved.
            Lead.advance = _stand_still  # type: ignore[method-assign,assignment]
        settings = RelaySettings(
            SERVICE, dsn, bootstrap, topics, back_off=0.05, silent=SILENT
        )
        await Relay(settings, Journal(pool, SERVICE)).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
