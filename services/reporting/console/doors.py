"""The services' doors: the console asks them as any client does, with the token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx

from libs.service.parts import Running
from libs.telemetry.http import calling
from services.reporting.console.visit import Visit

SECONDS = 15.0
DOWN = 503


@dataclass(frozen=True)
class Called:
    """What a service answered: status, body and entity tag."""

    status: int
    body: Mapping[str, Any]
    etag: str | None = None
    content: bytes = b""

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 -- the statuses of success


@dataclass(frozen=True)
class Call:
    """A request to a service: `route` is the template of `path`, for the trace."""

    service: str
    method: str
    path: str
    route: str = ""
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes, str] | None = None


async def call(visit: Visit, asked: Call) -> Called:
    """Ask a service in the reader's name; a service that is down answers 503."""
    settings = visit.running.settings
    base = settings.url(asked.service)
    own = {
        "Authorization": f"Bearer {visit.session.token}",
        "Accept-Language": visit.language,
        "Accept": "*/*",
    }
    try:
        with calling(asked.method, base, asked.route or asked.path) as traced:
            async with httpx.AsyncClient(timeout=SECONDS, verify=_trusted()) as client:
                answer = await client.request(
                    asked.method,
                    f"{base}{asked.path}",
                    headers={**own, **asked.headers, **traced},
                    json=asked.json,
                    data=asked.form,
                    files={"file": asked.file} if asked.file else None,
                )
    except httpx.HTTPError:
        return Called(DOWN, {"code": "service-down"})
    return Called(
        answer.status_code, _body(answer), answer.headers.get("etag"), answer.content
    )


@cache
def _trusted() -> SSLContext:
    """Return whom the console trusts: reading the list costs more than most calls."""
    return httpx.create_ssl_context()


def _body(answer: httpx.Response) -> Mapping[str, Any]:
    if "json" not in answer.headers.get("content-type", ""):
        return {}
    said = answer.json()
    return said if isinstance(said, dict) else {"items": said}


async def ready(running: Running, service: str) -> Called:
    """Ask a service whether it is ready, in nobody's name."""
    base = running.settings.url(service)
    try:
        async with httpx.AsyncClient(timeout=SECONDS, verify=_trusted()) as client:
            answer = await client.get(f"{base}/readyz")
    except httpx.HTTPError:
        return Called(DOWN, {"code": "service-down"})
    return Called(answer.status_code, _body(answer))
