"""The loader plays a stop in its order, waits for what follows, and lets timers go."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.clockwork import Clockwork
from deploy.demo.loader import HELD_S, Loader
from deploy.demo.plan import Plan, Stop
from deploy.demo.step import Step
from deploy.local.cannot import Cannot

NOON = datetime(2023, 11, 10, 4, 0, tzinfo=UTC)
STEP = Step(NOON, "a", 1, "demo-2023-a-0001-000", "lc-01", "intake", "/v1/x", {"n": 1})
EARLY = replace(STEP, lane="office", path="/v1/early", early=True)
NUMBERED = replace(STEP, lane="b", path="/v1/numbered", numbered=True)
SHEET = replace(STEP, lane="B1", path="/v1/imports", early=True, sheet=b"a,b")


class Services(httpx.AsyncBaseTransport):
    """Four services that accept everything, and note what they were asked."""

    def __init__(self, states: tuple[str, ...] = ("done",)) -> None:
        self.asked: list[tuple[str, str]] = []
        self.held: list[Any] = []
        self.states = list(states)
        self.fires = [1, 0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/v1/imports/7":
            state, rows = self.states.pop(0), {"success": 1}
            return httpx.Response(200, json={"state": state, "counts": rows})
        if path.startswith("/operator"):
            return httpx.Response(200, json=self._operated(path, request))
        self.asked.append((path, request.headers.get("content-type", "")))
        return httpx.Response(201, json={}, headers={"Location": "/v1/imports/7"})

    def _operated(self, path: str, request: httpx.Request) -> dict[str, Any]:
        if path.endswith("opening"):
            self.held.append(request.read().decode())
        if path.endswith("timers") and request.url.host == "routing":
            self.asked.append((path, ""))
            return {"done": self.fires.pop(0)}
        said = {"service": "x", "seq": 1, "at": NOON.isoformat(), "topic": "t"}
        now = {"now": NOON.isoformat(), "timers": 0, "done": 0, "drained": True}
        return {**said, **now, "indexes": []}


async def play(services: Services, *steps: Step) -> None:
    """Play one stop with these steps."""
    stop = Stop(
        NOON,
        tuple(one for one in steps if one.early),
        tuple(one for one in steps if one.numbered),
        tuple(((one,),) for one in steps if not (one.early or one.numbered)),
    )
    async with httpx.AsyncClient(transport=services) as client:
        clockwork = Clockwork(client, lambda name: f"http://{name}", "t")
        tokens = {"lc-01": "t"}
        loader = Loader(client, lambda name: f"http://{name}", tokens, clockwork)
        await loader.play(Plan(1, (stop,), ()), NOON, lambda _: None)


async def test_early_acts_come_first_and_what_they_make_due_before_all_else() -> None:
    services = Services()
    await play(services, STEP, NUMBERED, replace(EARLY, settles=True))
    fired = "/operator/timers"
    order = ["/v1/early", fired, fired, "/v1/numbered", "/v1/x"]
    assert [path for path, _ in services.asked] == order


async def test_a_sheet_is_handed_in_as_a_file_and_read_to_its_end() -> None:
    services = Services(("running", "done"))
    await play(services, SHEET)
    ((path, kind),) = services.asked
    assert (path, kind.split(";")[0]) == ("/v1/imports", "multipart/form-data")
    assert services.states == []


async def test_a_sheet_that_is_refused_ends_the_load() -> None:
    with pytest.raises(Cannot, match="B1"):
        await play(Services(("refused",)), SHEET)


async def test_timers_are_held_while_it_plays_and_let_go_after_it() -> None:
    services = Services()
    await play(services, STEP)
    held = [f'{{"timers_held_s":{n}}}' for n in (HELD_S, 0)]
    assert services.held == [held[0]] * 4 + [held[1]] * 4
