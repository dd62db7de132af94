"""What every answer carries: its id, security headers, and never a traceback."""

import traceback
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.problems import Problem, problem_response, trace_id

log = structlog.get_logger()

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FRAMES_LOGGED = 8


class Envelope:
    """Pure ASGI: gives a request its id and an answer its headers; HEAD has no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = str(uuid4())
        state = {**scope.get("state", {}), "request_id": request}
        head = scope["method"] == "HEAD"
        method = "GET" if head else scope["method"]

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                _stamp(MutableHeaders(scope=message), request, scope["scheme"])
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "state": state, "method": method}, receive, stamped)


def _stamp(headers: MutableHeaders, request: str, scheme: str) -> None:
    headers["X-Request-Id"] = request
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else API_POLICY)
    if scheme == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


class LastResort:
    """Pure ASGI: an error nobody foresaw is one line in the log and a plain 500.

    The line names the kind of error and where it arose, never its words: they may
    hold what a person sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            where = _where(error, scope)
            log.error("request_failed", **where)  # noqa: TRY400 -- exception() would log what a person sent
            if not started:
                problem = Problem("internal")
                await problem_response(problem, scope)(scope, receive, send)


def _where(error: Exception, scope: Scope) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    route = scope.get("route")
    return {
        "error": type(error).__qualname__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        "method": scope["method"],
        "route": str(getattr(route, "path", "")),
        "trace_id": trace_id(scope),
    }
