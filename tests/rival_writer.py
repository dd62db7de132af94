"""A writer in a process of its own: appends until it is told or killed.

`python -m tests.rival_writer DSN COUNT STREAM` prints a line for each acknowledged
command. STREAM is contended by all; every command also has a stream of its own.
"""

import asyncio
import sys

import asyncpg

from libs.events.journal.journal import Journal
from libs.events.journal.words import Appended, Conflicted
from libs.events.journal.writer import Writer
from tests.journal_scene import RECEIPT, SERVICE, a_commit, a_stamp, a_stream

CLIENTS = 8


async def run(dsn: str, count: int, contended: str) -> None:
    """Append `count` commands with eight clients, each again until it wins."""
    writer = Writer(dsn)
    await writer.start()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        journal = Journal(pool, SERVICE)
        shares = [count // CLIENTS] * CLIENTS
        await asyncio.gather(
            *(_client(journal, writer, contended, share) for share in shares)
        )
    await writer.stop()


async def _client(journal: Journal, writer: Writer, contended: str, share: int) -> None:
    for number in range(share):
        stamp, own = a_stamp(), a_stream()
        while True:
            expected = {own: 0}
            if number % 4 == 0:
                streams = await journal.read_streams([contended])
                expected[contended] = len(streams[contended])
            commit = a_commit(expected, stamp=stamp, series=RECEIPT)
            result = await writer.submit(commit)
            if isinstance(result, Appended):
                sys.stdout.write(f"{stamp.command_id}\n")
                sys.stdout.flush()
                break
            assert isinstance(result, Conflicted), result


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
