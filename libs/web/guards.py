"""What the door refuses before a route sees it: bad bytes, size, depth, type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as MimeHeader
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.json_text import refusal
from libs.web.problems import More, Problem, problem_response

MEBIBYTE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caps:
    """What a body may be: bytes, by path prefix for uploads, depth and more types.

    `raw_types` are media types let through unread (a trace exporter's protobuf).
    """

    body_bytes: int = MEBIBYTE
    uploads: Mapping[str, int] = field(default_factory=dict)
    json_depth: int = 32
    raw_types: frozenset[str] = frozenset()

    def of(self, path: str) -> int:
        """Return the cap in bytes of a path: the longest matching prefix wins."""
        fitting = [prefix for prefix in self.uploads if path.startswith(prefix)]
        return self.uploads[max(fitting, key=len)] if fitting else self.body_bytes


class Guard:
    """Pure ASGI: refuses an address or a body that no route should have to read."""

    def __init__(self, app: ASGIApp, caps: Caps) -> None:
        self.app = app
        self.caps = caps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        inflow = Inflow(receive, self.caps.of(scope["path"]))
        try:
            refuse_address(scope)
            refuse_declared(Headers(scope=scope), inflow.cap, self.caps.raw_types)
            guarded = await self._guarded(scope, inflow)
        except ClientDisconnect:
            return
        except Problem as problem:
            await problem_response(problem, scope)(scope, receive, send)
            return
        await self.app(scope, guarded, send)

    async def _guarded(self, scope: Scope, inflow: "Inflow") -> Receive:
        kind = media_type(Headers(scope=scope))
        unread = kind == MULTIPART or kind in self.caps.raw_types
        if scope["method"] in WITHOUT_BODY or unread:
            return inflow.counted
        body = await inflow.whole()
        if body:
            self._refuse_body(kind, body)
        return _replayed(body, inflow.receive)

    def _refuse_body(self, kind: str, body: bytes) -> None:
        if kind == FORM:
            found = _bad_bytes(unquote_to_bytes(body))
        elif is_json(kind):
            found = refusal(body, self.caps.json_depth)
        else:
            found = "media-type"
        if found:
            raise Problem(found)


def refuse_address(scope: Scope) -> None:
    """Raise the problem of a path or query that is not clean UTF-8."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    for part in (raw, scope["query_string"]):
        found = _bad_bytes(unquote_to_bytes(part))
        if found:
            raise Problem(found)


def refuse_declared(
    headers: Headers, cap: int, raw_types: frozenset[str] = frozenset()
) -> None:
    """Raise the problem of a declared length or an encoding that is not read."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length[:20]) > cap:
        raise too_large(cap)
    packed = headers.get("content-encoding", "identity") != "identity"
    if packed and media_type(headers) not in raw_types:
        raise Problem("media-type")


def too_large(cap: int) -> Problem:
    """Return the 413 that names the cap in bytes."""
    return Problem("body-too-large", more=More(members={"limit": cap}))


def media_type(headers: Headers) -> str:
    """Return the body's media type; JSON in another charset than UTF-8 is none."""
    parsed = MimeHeader()
    parsed["content-type"] = headers.get("content-type", "")
    kind = parsed.get_content_type() if headers.get("content-type") else ""
    charset = parsed.get_content_charset("utf-8")
    return kind if charset in {"utf-8", "us-ascii"} else ""


def is_json(kind: str) -> bool:
    """Tell whether a media type is JSON or built on it."""
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _bad_bytes(text: bytes) -> str | None:
    try:
        text.decode()
    except UnicodeDecodeError:
        return "invalid-utf8"
    return "nul-character" if b"\0" in text else None


class Inflow:
    """A request's body as it comes in, counted against its cap in bytes."""

    def __init__(self, receive: Receive, cap: int) -> None:
        self.receive = receive
        self.cap = cap
        self.seen = 0
        self.ended = False

    async def counted(self) -> Message:
        """Return the next message; raises 413 beyond the cap."""
        message = await self.receive()
        self.seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
        self.ended = not more
        if self.seen > self.cap:
            raise too_large(self.cap)
        return message

    async def whole(self) -> bytes:
        """Return the whole body; raises 413, or ClientDisconnect when it breaks."""
        parts: list[bytes] = []
        while not self.ended:
            message = await self.counted()
            if message["type"] != "http.request":
                raise ClientDisconnect
            parts.append(message.get("body", b""))
        return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
