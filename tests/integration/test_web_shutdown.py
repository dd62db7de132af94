"""A process with an open event stream ends by itself, without a traceback."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.integration.issuer_at_work import started, until_ready


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_open_stream_ends_on_the_signal(
    number: signal.Signals, tmp_path: Path
) -> None:
    with started("tests.integration.streaming_door", tmp_path) as running:
        await until_ready(running)
        async with (
            httpx.AsyncClient(timeout=15) as http,
            http.stream("GET", f"{running.url}/stream") as answer,
        ):
            pieces = answer.aiter_text()
            seen = ""
            while "id: trial:1" not in seen:
                seen += await anext(pieces)
            os.kill(running.process.pid, number)
            rest = [piece async for piece in pieces]
        said, _ = running.process.communicate(timeout=15)
    assert "".join(rest) == ""
    assert "Traceback" not in said
    assert "Cancel" not in said


def sent_whole_then_read(address: str, body: bytes) -> bytes:
    """Send as a plain client does: everything first, then the answer."""
    host, port = address.removeprefix("http://").split(":")
    head = f"POST /stream HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection((host, int(port)), timeout=15) as line:
        line.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        answer = b""
        while b"trace_id" not in answer and (piece := line.recv(65536)):
            answer += piece
        return answer


async def test_ten_megabytes_are_answered_before_the_line_is_cut(
    tmp_path: Path,
) -> None:
    with started("tests.integration.streaming_door", tmp_path) as running:
        await until_ready(running)
        sending = asyncio.to_thread(sent_whole_then_read, running.url, b" " * 10**7)
        answer = await sending
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body-too-large" in answer
