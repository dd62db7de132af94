"""The change feed by position, the probes and the OpenAPI document."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from libs.events.event import Actor
from libs.web.app import make_app
from libs.web.callers import Officer
from libs.web.closing import Closing
from libs.web.doors import Door
from libs.web.feed import (
    Feed,
    FeedItem,
    FeedPage,
    Wanted,
    feed_routes,
    polled,
    streamed,
)
from libs.web.health import Checked, Probes
from libs.web.problems import Problem
from tests.unit.web_door import OFFICERS, bearer, client, routes, settings, token

OFFICERS["au-01"] = Officer("au-01", "auditor", "audit")
AUDITOR = {"sub": "au-01"}
READER = Actor(UUID(int=1), "auditor", "AU")


class Listed:
    """A feed over a list, woken when something is added."""

    def __init__(self, *types: str) -> None:
        self.types = list(types)
        self.more = asyncio.Event()
        self.awaited = asyncio.Event()

    def add(self, kind: str) -> None:
        self.types.append(kind)
        self.more.set()

    async def read(self, wanted: Wanted) -> FeedPage:
        after, types, limit = wanted.after, wanted.types, wanted.limit
        numbered = list(enumerate(self.types, start=1))[after : after + limit]
        items = [
            FeedItem(number, kind, {"type": kind})
            for number, kind in numbered
            if not types or kind in types
        ]
        return FeedPage(items, after + len(numbered))

    async def wait_beyond(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 -- the protocol's own
        if len(self.types) > after:
            return True
        self.more.clear()
        self.awaited.set()
        try:
            async with asyncio.timeout(timeout):
                await self.more.wait()
        except TimeoutError:
            return False
        return True


def fed(*types: str) -> tuple[Feed, Listed]:
    source = Listed(*types)
    return Feed("routing", source, Closing()), source


async def test_the_feed_goes_on_where_it_ended() -> None:
    feed, _ = fed("A", "B", "C")
    app = make_app(settings(), [feed_routes(feed)])
    async with client(app) as door:
        first = await door.get("/v1/events?limit=2", headers=bearer(token(**AUDITOR)))
        after = first.json()["next"]
        rest = await door.get(
            f"/v1/events?after={after}", headers=bearer(token(**AUDITOR))
        )
    assert [row["position"] for row in first.json()["items"]] == [
        "routing:1",
        "routing:2",
    ]
    assert rest.json() == {
        "items": [{"position": "routing:3", "type": "C"}],
        "next": "routing:3",
    }


async def test_the_feed_is_for_those_who_may_read_it() -> None:
    feed, _ = fed()
    app = make_app(settings(), [feed_routes(feed)])
    async with client(app) as door:
        nobody = await door.get("/v1/events")
        window = await door.get("/v1/events", headers=bearer())
    assert (nobody.status_code, window.status_code) == (401, 403)
    assert "auditor" in window.json()["may"]


@pytest.mark.parametrize("position", ["intake:3", "routing:x", "routing:-1", "9" * 30])
def test_a_foreign_position_is_refused(position: str) -> None:
    with pytest.raises(Problem) as refused:
        fed()[0].sequence(position)
    assert refused.value.code == "position-invalid"


async def test_a_long_poll_answers_as_soon_as_something_comes() -> None:
    feed, source = fed("A")
    waiting = asyncio.create_task(polled(feed, Wanted(1, frozenset(), 10, READER), 30))
    await source.awaited.wait()
    source.add("B")
    assert (await waiting)["next"] == "routing:2"


async def test_a_long_poll_ends_empty_when_nothing_comes() -> None:
    feed, _ = fed("A")
    answer = await polled(feed, Wanted(1, frozenset(), 10, READER), 0.01)
    assert answer == {"items": [], "next": "routing:1"}


async def test_what_does_not_fit_is_passed_over_once() -> None:
    feed, _ = fed("A", "B", "A")
    answer = await polled(feed, Wanted(0, frozenset({"B"}), 10, READER), 0)
    assert answer["next"] == "routing:3"


async def upto(stream: AsyncIterator[bytes], marker: bytes) -> bytes:
    seen = b""
    async for piece in stream:
        seen += piece
        if marker in seen:
            break
    return seen


async def test_a_long_poll_beyond_the_last_place_is_told_when_to_come_again() -> None:
    feed, source = fed("A")
    doors = Door(most_listeners=1)
    app = make_app(settings(), [feed_routes(feed)], door=doors)
    headers, wait = bearer(token(**AUDITOR)), "/v1/events?after=routing:1&wait=30"
    async with client(app) as door:
        waiting = asyncio.create_task(door.get(wait, headers=headers))
        await source.awaited.wait()
        refused = await door.get(wait, headers=headers)
        other = await door.get("/version")
        source.add("B")
        told = await waiting
        later = await door.get("/v1/events", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert int(refused.headers["Retry-After"]) > 0
    assert [told.status_code, later.status_code, other.status_code] == [200] * 3
    assert (doors.listeners, doors.requests, doors.refused_within(60)) == (0, 0, 1)


async def test_open_streams_are_counted_until_they_end() -> None:
    feed, source = fed("A")
    doors = Door(most_listeners=1)
    app = make_app(settings(), [feed_routes(feed)], door=doors, closing=feed.closing)
    headers = {**bearer(token(**AUDITOR)), "Accept": "text/event-stream"}
    async with client(app) as door:
        listening = asyncio.create_task(door.get("/v1/events", headers=headers))
        await source.awaited.wait()
        refused = await door.get("/v1/events", headers=headers)
        feed.closing.begin()
        heard = await listening
    assert refused.status_code == 503
    assert b"event: A" in heard.content
    assert doors.listeners == 0


async def test_a_stream_sends_positions_to_resume_from() -> None:
    feed, source = fed("A", "B")
    stream = streamed(feed, Wanted(1, frozenset(), 10, READER))
    first = await upto(stream, b"routing:2")
    source.add("C")
    later = await upto(stream, b"routing:3")
    assert b'id: routing:2\nevent: B\ndata: {"type":"B"}\n\n' in first
    assert b"routing:1" not in first
    assert b"event: C" in later


async def test_a_stream_ends_by_itself_when_the_process_ends() -> None:
    feed, source = fed("A")
    stream = streamed(feed, Wanted(0, frozenset(), 10, READER))
    await upto(stream, b"routing:1")
    ending = asyncio.create_task(upto(stream, b"never"))
    await source.awaited.wait()
    feed.closing.begin()
    async with asyncio.timeout(5):
        assert await ending == b""


async def test_readiness_tells_what_is_missing() -> None:
    async def fine() -> Checked:
        return Checked(ok=True, detail="head 7")

    async def lagging() -> Checked:
        return Checked(ok=False, detail="12000 events behind")

    async def broken() -> Checked:
        raise ConnectionRefusedError

    probes = Probes(
        "trial", "0.1.0", {"journal": fine, "views": lagging, "kafka": broken}
    )
    async with client(make_app(settings(probes=probes))) as door:
        ready = await door.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {
        "journal": {"ok": True, "detail": "head 7"},
        "views": {"ok": False, "detail": "12000 events behind"},
        "kafka": {"ok": False, "detail": "ConnectionRefusedError"},
    }


async def test_the_probes_answer() -> None:
    probes = Probes("trial", "0.1.0", metrics=lambda: "lag_events 0\n")
    async with client(make_app(settings(probes=probes))) as door:
        alive = await door.get("/livez")
        ready = await door.get("/readyz")
        metrics = await door.get("/metrics")
        version = await door.get("/version")
    assert alive.json() == {"status": "alive", "service": "trial"}
    assert ready.json()["status"] == "ready"
    assert metrics.text == "lag_events 0\n"
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert version.json() == {"service": "trial", "version": "0.1.0"}


async def test_the_openapi_document_names_the_one_problem_shape() -> None:
    async with client(make_app(settings(), [routes()])) as door:
        document = (await door.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/v1/notes"]["post"]
    assert "422" not in operation["responses"]
    assert "application/problem+json" in operation["responses"]["4XX"]["content"]
    assert operation["x-max-body-bytes"] == 20_000
    assert document["paths"]["/v1/imports"]["post"]["x-max-body-bytes"] == 200_000
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert "Idempotency-Key" in names
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert "bearer" in document["components"]["securitySchemes"]
