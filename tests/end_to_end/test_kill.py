"""Kill -9 of each service: what was acknowledged is there, and verify agrees."""

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.end_to_end.complaint import EMPLOYER, WORKERS
from tests.end_to_end.whole import ALL, Act, Whole
from tests.eventually import eventually

READY_SECONDS = 90
SIDE_BY_SIDE = 3


@pytest.mark.slow
async def test_what_was_acknowledged_outlives_each_killed_service(
    whole: Whole,
) -> None:
    answers: list[dict[str, Any]] = []
    acts: list[Act] = []
    for victim in ALL:
        more = [an_act() for _ in range(SIDE_BY_SIDE)]
        answers += await acting_while_killed(whole, victim, more)
        acts += more
    again = await asyncio.gather(*(insisted(whole, act) for act in acts))
    assert [a["clue_id"] for a in again] == [a["clue_id"] for a in answers]
    assert all(answer["repeated"] for answer in again)
    await whole.settled()
    for answer in answers:
        case = f"/v1/cases/{answer['case_id']}"
        assert (await whole.get("li-01", "routing", case))["unit"] == "LI"
        shown = await whole.get("au-01", "reporting", case)
        assert shown["number"] == answer["receipt"]
    said = await whole.cli("verify")
    assert said.code == 0, said


async def acting_while_killed(
    whole: Whole, victim: str, acts: Sequence[Act]
) -> list[dict[str, Any]]:
    """Kill a service while acts are under way; return their answers once it is back."""
    sent = [asyncio.create_task(insisted(whole, act)) for act in acts]
    pid = whole.pid(victim)
    os.kill(pid, signal.SIGKILL)
    answers = await asyncio.gather(*sent)

    async def is_back() -> bool:
        return whole.pid(victim) != pid and await whole.is_ready()

    await eventually(is_back, READY_SECONDS)
    return answers


def an_act() -> Act:
    """Return a complaint with a key of its own, which can be sent again."""
    body = {
        "channel": "window",
        "channel_number": f"K-{uuid4().hex[:12]}",
        "employer": EMPLOYER,
        "workers": list(WORKERS),
    }
    return Act("li-01", "intake", "/v1/complaints", body, on_something=False)


async def insisted(whole: Whole, act: Act) -> dict[str, Any]:
    """Send until there is an answer, as a client does whose connection broke."""

    async def answered() -> dict[str, Any] | None:
        try:
            return await whole.do(act)
        except httpx.TransportError:
            return None

    found = await eventually(answered, READY_SECONDS)
    assert found is not None
    return found
