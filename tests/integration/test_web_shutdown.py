"""A process with an open event stream ends by itself, without a traceback."""

import os
import signal
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


async def test_ten_megabytes_are_answered_before_the_line_is_cut(
    tmp_path: Path,
) -> None:
    with started("tests.integration.streaming_door", tmp_path) as running:
        await until_ready(running)
        headers = {"Content-Type": "application/json"}
        async with httpx.AsyncClient(timeout=15) as http:
            answer = await http.post(
                f"{running.url}/stream", content=b" " * 10**7, headers=headers
            )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
