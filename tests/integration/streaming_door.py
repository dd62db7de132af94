"""A door with an endless event stream, served as a service serves it."""

import asyncio
import os

import uvicorn
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from libs.web.app import DoorSettings, make_app
from libs.web.callers import ANYBODY
from libs.web.closing import Closing
from libs.web.feed import EVENT_STREAM, Feed, FeedItem, FeedPage, Wanted, streamed
from libs.web.health import Probes


class OneEvent:
    """A feed with one event, and never another."""

    async def read(self, wanted: Wanted) -> FeedPage:
        items = [] if wanted.after else [FeedItem(1, "A", {"type": "A"})]
        return FeedPage(items, 1)

    async def wait_beyond(self, _after: int, timeout: float) -> bool:  # noqa: ASYNC109 -- the protocol's own
        never = asyncio.Event()
        try:
            async with asyncio.timeout(timeout):
                return await never.wait()
        except TimeoutError:
            return False


def main() -> None:
    closing = Closing()
    feed = Feed("trial", OneEvent(), closing)
    router = APIRouter()

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        pieces = streamed(feed, Wanted(0, frozenset(), 10, ANYBODY.actor))
        return StreamingResponse(pieces, media_type=EVENT_STREAM)

    settings = DoorSettings("试验", Probes("trial", "0.1.0"), b"k" * 32)
    app = make_app(settings, [router], closing=closing)
    port = int(os.environ["QINGXIN_PORT"])
    uvicorn.run(app, port=port, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
