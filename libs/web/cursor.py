"""Opaque signed cursors: where a list goes on, good for the same filters only."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256

import orjson
from starlette.requests import Request

from libs.web.problems import Problem

MAC_BYTES = 16
LONGEST = 2000
Mark = Sequence[str | int]


class Cursors:
    """Seals and opens cursors under the server's key.

    A mark is the sort key of the last row shown, such as (updated_at, id): plain
    JSON scalars, never anything of a person, for whoever holds it can read it.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key

    def seal(self, listed: str, mark: Mark) -> str:
        """Return the cursor behind a row of the list `listed` (see `listing`)."""
        body = orjson.dumps(list(mark))
        return urlsafe_b64encode(self._mac(listed, body) + body).decode().rstrip("=")

    def unseal(self, listed: str, cursor: str) -> list[str | int]:
        """Return the mark of a cursor; raises `cursor-invalid` (400)."""
        if not cursor.isascii() or len(cursor) > LONGEST:
            raise Problem("cursor-invalid")
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise Problem("cursor-invalid") from None
        mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(listed, body)):
            raise Problem("cursor-invalid")
        mark: list[str | int] = orjson.loads(body)
        return mark

    def _mac(self, listed: str, body: bytes) -> bytes:
        text = b"cursor\0" + listed.encode() + b"\0" + body
        return hmac.digest(self.key, text, sha256)[:MAC_BYTES]


def listing(path: str, filters: Mapping[str, object]) -> str:
    """Return what a cursor is bound to: the path and every filter but the place."""
    kept = {
        name: str(value)
        for name, value in filters.items()
        if name not in {"cursor", "limit"} and value is not None
    }
    return f"{path}?{orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()}"


def next_link(request: Request, cursor: str) -> str:
    """Return the Link header's value of the next page (RFC 8288)."""
    url = request.url.include_query_params(cursor=cursor)
    return f'<{url.path}?{url.query}>; rel="next"'
