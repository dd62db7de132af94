"""The change feed: a service's events by position, by long poll or as a stream."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from libs.events.event import Actor
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.closing import Closing
from libs.web.permissions import Power
from libs.web.problems import Problem

EVENT_STREAM = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
LONGEST_WAIT = 60
LARGEST_PAGE = 1000
MAX_SEQUENCE = 2**63 - 1
READ: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})


@dataclass(frozen=True)
class FeedItem:
    """One event of the feed: its sequence, and the event as JSON fields."""

    sequence: int
    type: str
    event: Mapping[str, Any]


@dataclass(frozen=True)
class FeedPage:
    """Some events, and the last sequence that was looked at (fitting or not)."""

    items: Sequence[FeedItem]
    looked_at: int


class FeedSource(Protocol):
    """Where events come from: a journal, or a list in a test."""

    async def read(self, wanted: "Wanted") -> FeedPage:
        """Return the events beyond `after`, of these types, that the reader may see.

        Of all types when none is named. What does not fit or is not the reader's to
        see is passed over: the position moves on all the same.
        """

    async def wait_beyond(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 -- the wait is what is asked for
        """Wait until there is an event beyond `after`; False after `timeout` s."""


@dataclass(frozen=True)
class Feed:
    """A service's feed."""

    service: str
    source: FeedSource
    closing: Closing

    def position(self, sequence: int) -> str:
        """Return the position of a sequence: `<service>:<sequence>`."""
        return f"{self.service}:{sequence}"

    def sequence(self, position: str | None) -> int:
        """Return a position's sequence, 0 for none; raises `position-invalid`."""
        if not position:
            return 0
        service, _, number = position.rpartition(":")
        digits = number.isascii() and number.isdigit()
        if service not in {"", self.service} or not digits:
            raise Problem("position-invalid")
        sequence = int(number[:20])
        if sequence > MAX_SEQUENCE:
            raise Problem("position-invalid")
        return sequence


@dataclass(frozen=True)
class Wanted:
    """What a client asks of the feed, and as whom."""

    after: int
    types: frozenset[str]
    limit: int
    reader: Actor


class FeedQuery:
    """The feed's query parameters."""

    def __init__(
        self,
        after: Annotated[str | None, Query(max_length=80)] = None,
        types: Annotated[str, Query(max_length=2000)] = "",
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 100,
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT)] = 0,
    ) -> None:
        self.after = after
        self.types = frozenset(name for name in types.split(",") if name)
        self.limit = limit
        self.wait = wait


def feed_routes(feed: Feed) -> APIRouter:
    """Return `GET /v1/events`: JSON with long poll, or `text/event-stream`."""
    router = APIRouter(tags=["events"])

    @router.get(
        "/v1/events",
        responses={200: {"content": {EVENT_STREAM: {}}}},
        summary="The change feed by position",
    )
    async def events(
        request: Request,
        caller: OfficerCaller,
        query: Annotated[FeedQuery, Depends()],
        last_event_id: Annotated[str | None, Header(max_length=80)] = None,
    ) -> Response:
        permissions.require(caller, "ReadFeed", READ)
        after = feed.sequence(last_event_id or query.after)
        wanted = Wanted(after, query.types, query.limit, caller.actor)
        if EVENT_STREAM in request.headers.get("accept", ""):
            headers = {"X-Accel-Buffering": "no"}
            stream = streamed(feed, wanted)
            return StreamingResponse(stream, media_type=EVENT_STREAM, headers=headers)
        return JSONResponse(await polled(feed, wanted, float(query.wait)))

    return router


async def polled(feed: Feed, wanted: Wanted, wait: float) -> dict[str, object]:
    """Return a page, waiting up to so many seconds for a first event beyond it."""
    page = await feed.source.read(wanted)
    if not page.items and wait > 0:
        beyond = feed.source.wait_beyond(page.looked_at, wait)
        if await feed.closing.unless(beyond):
            page = await feed.source.read(replace(wanted, after=page.looked_at))
    return {
        "items": [
            {"position": feed.position(item.sequence), **item.event}
            for item in page.items
        ],
        "next": feed.position(max(page.looked_at, wanted.after)),
    }


async def streamed(feed: Feed, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield server-sent events for ever; a comment keeps a quiet line open."""
    after = wanted.after
    yield b"retry: 1000\n\n"
    while not feed.closing.begun:
        page = await feed.source.read(replace(wanted, after=after))
        for item in page.items:
            yield _server_sent(feed.position(item.sequence), item)
        moved = page.looked_at > after
        after = max(after, page.looked_at)
        if not page.items and moved:
            # A position without an event lets a resume skip what did not fit.
            yield f"id: {feed.position(after)}\n\n".encode()
        if moved:
            continue
        beyond = feed.source.wait_beyond(after, HEARTBEAT_SECONDS)
        if await feed.closing.unless(beyond) is False:
            yield b": quiet\n\n"


def _server_sent(position: str, item: FeedItem) -> bytes:
    body = orjson.dumps(item.event)
    head = f"id: {position}\nevent: {item.type}\ndata: ".encode()
    return head + body + b"\n\n"
