"""The FastAPI application that every service puts its routes into."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware

from libs.web.accepting import acceptable
from libs.web.auth import SignIn
from libs.web.closing import Closing
from libs.web.cursor import Cursors
from libs.web.doors import Door, Doorkeeper
from libs.web.envelope import Envelope, LastResort
from libs.web.guards import Caps, Guard
from libs.web.health import Probes, probe_routes
from libs.web.openapi import describe
from libs.web.problem_handlers import add_handlers
from libs.web.problem_page import problem_pages

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class DoorSettings:
    """How a service's door is built.

    `request_key` signs requests and cursors; `middleware` (telemetry) stands outside
    the guards.
    """

    title: str
    probes: Probes
    request_key: bytes
    sign_in: SignIn | None = None
    caps: Caps = field(default_factory=Caps)
    middleware: Sequence[Middleware] = ()


def make_app(
    settings: DoorSettings,
    routers: Sequence[APIRouter] = (),
    *,
    door: Door | None = None,
    closing: Closing | None = None,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Return a service's application; its parts are on `app.state`.

    `door`, `closing`, `sign_in`, `cursors`, `request_key`.
    """
    doors, ending = door or Door(), closing or Closing()
    app = FastAPI(
        title=settings.title,
        version=settings.probes.version,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(acceptable)],
        lifespan=_lifespan(ending, lifespan),
        middleware=[
            Middleware(Envelope),
            *settings.middleware,
            Middleware(LastResort),
            Middleware(Doorkeeper, door=doors),
            Middleware(Guard, caps=settings.caps),
        ],
        # The services bring their own spans, without paths or other people's words.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.door, app.state.closing = doors, ending
    app.state.sign_in, app.state.request_key = settings.sign_in, settings.request_key
    app.state.cursors = Cursors(settings.request_key)
    add_handlers(app)
    for router in (probe_routes(settings.probes), problem_pages(), *routers):
        app.include_router(router)
    describe(app, settings.caps)
    return app


def _lifespan(closing: Closing, inner: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with closing.on_signals():
            if inner is None:
                yield
                return
            async with inner(app):
                yield

    return run
