"""Links: a small TCP proxy between a process and a server, to be cut, slowed, muted."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from deploy.local.ports import LOOPBACK
from tests.chaos.holding import held

Mood = Literal["well", "cut", "slow", "mute"]
PIECE = 65_536
SLOW_SECONDS = 0.15
LOOK_SECONDS = 0.05


@dataclass
class Link:
    """One way from a client to a server; `mute` is half-open: nothing comes through."""

    name: str
    listens: int
    target: int
    mood: Mood = "well"
    _well: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._well.set()
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.listens)

    async def stop(self) -> None:
        """Listen no longer and end every connection."""
        if self._server is not None:
            self._server.close()
        self.drop()

    def become(self, mood: Mood) -> None:
        """Change the mood; a cut link ends its connections and lets none in."""
        self.mood = mood
        if mood == "mute":
            self._well.clear()
        else:
            self._well.set()
        if mood == "cut":
            self.drop()

    def ports(self) -> set[int]:
        """Return the ports from which it speaks with the server."""
        names = [writer.get_extra_info("sockname") for writer in self._writers]
        return {name[1] for name in names if name}

    def drop(self) -> None:
        """End every connection at once, as a reset."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writers.add(writer)
        try:
            if self.mood == "cut":
                return
            there, back = await asyncio.open_connection(LOOPBACK, self.target)
            self._writers.add(back)
            try:
                await self._both(reader, back, there, writer)
            finally:
                self._writers.discard(back)
                back.transport.abort()
        except OSError:
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _both(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        ways = {
            asyncio.create_task(self._copied(reader, back)),
            asyncio.create_task(self._copied(there, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _copied(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(PIECE):
                await self._well.wait()
                if self.mood == "slow":
                    await held(SLOW_SECONDS)
                sink.write(piece)
                await sink.drain()
