"""A story of an operator: a view is made anew while clients act and faults strike."""

import asyncio
import re
from typing import Any

from services.reporting.views import DECLARED
from tests.chaos.client import Client
from tests.chaos.figures import DIFFERS
from tests.chaos.history import Op
from tests.chaos.holding import held

OPERATOR = "op-01"
SERVICE = "reporting"
REBUILDS = "/operator/rebuilds"
GOOD = 200
END_SECONDS, LOOK_SECONDS = 60.0, 0.5
UNDER_WAY = "building"
Build = dict[str, Any]
DONE = re.compile(r"rebuild_done\b.*")
WORDS = re.compile(r"\w+")
SAME = re.compile(r"\bsame\W+true\b", re.IGNORECASE)


async def rebuilt(client: Client, stopping: asyncio.Event) -> Op | None:
    """Count a view's records, order its rebuild, and wait until it is at its end.

    The client that hears that another is under way asks again; None: nobody counted.
    """
    view = client.dice.choice(DECLARED).name
    place = f"{REBUILDS}/{view}"
    before = await _latest(client, view)
    counted = await client.get(OPERATOR, SERVICE, place)
    if before is None or counted is None or counted.status_code != GOOD:
        return None
    op = Op("rebuild", OPERATOR, SERVICE, place)
    body = {"count": counted.json()["count"]}
    done = await client.act(op, body)
    if done.phase == "ok":
        state = await _ended(client, view, before, stopping)
        client.history.note("rebuild", view=view, key=op.key, state=state)
        await client.again(done, {"json": body})
        if found_another(client, view):
            op.code = DIFFERS
    return done


async def _latest(client: Client, view: str) -> Build | None:
    """Return a view's latest build as it stands, {} if there is none."""
    answer = await client.get(OPERATOR, SERVICE, REBUILDS)
    if answer is None or answer.status_code != GOOD:
        return None
    builds: list[Build] = answer.json()["rebuilds"]
    return next((one for one in builds if one["name"] == view), {})


async def _ended(
    client: Client, view: str, before: Build, stopping: asyncio.Event
) -> str:
    """Return a rebuild's state once it is not under way, or time is up.

    One whose process was ended stays under way: the next one of its view goes on.
    """
    until = asyncio.get_running_loop().time() + END_SECONDS
    state = "not seen"
    while asyncio.get_running_loop().time() < until and not stopping.is_set():
        now = await _latest(client, view)
        if now and now != before:
            state = str(now["state"])
            if state != UNDER_WAY:
                break
        await held(LOOK_SECONDS, stopping)
    return state


def found_another(client: Client, view: str) -> bool:
    """Say whether a rebuild has told its log that the live view was another.

    It has taken that view's place: no later look would find it.
    """
    told: list[str] = []
    for part in client.system.of(SERVICE):
        log = part.child.program.log if part.child is not None else None
        for file in filter(None, (log, log and log.with_suffix(".previous.log"))):
            if file.exists():
                told += DONE.findall(file.read_text(errors="replace"))
    return any(view in WORDS.findall(line) and not SAME.search(line) for line in told)
