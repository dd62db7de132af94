"""A small HTTP client that costs little: what is measured is the server."""

import asyncio
from collections import deque
from contextlib import suppress
from urllib.parse import urlsplit

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    "Content-Length: {length}\r\n{more}\r\n"
)
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Http:
    """Posts JSON over kept connections, as many as are needed at once."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._idle: deque[Connection] = deque()

    async def post(
        self, path: str, body: bytes, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        status, _, answer = await self.ask(path, body, headers or {})
        return status, answer

    async def ask(
        self, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        """Return an answer's status, its head in small letters, and its body.

        A kept connection that was closed meanwhile is replaced: give a key.
        """
        told = {"path": path, "host": self._host, "length": len(body)}
        more = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        sent = HEAD.format_map({**told, "more": more}).encode() + body
        while self._idle:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                return await self._answered(self._idle.popleft(), sent)
        fresh = await asyncio.open_connection(self._host, self._port)
        return await self._answered(fresh, sent)

    async def _answered(
        self, connection: Connection, sent: bytes
    ) -> tuple[int, str, bytes]:
        reader, writer = connection
        is_kept = False
        try:
            writer.write(sent)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            answer = await reader.readexactly(length)
            is_kept = "connection: close" not in head
        finally:
            if is_kept:
                self._idle.append(connection)
            else:
                writer.close()
        return int(head.split(" ", 2)[1]), head, answer

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.popleft()[1].close()
