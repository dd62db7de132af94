"""Files that a service keeps, taken out through the console as attachments."""

from collections.abc import Mapping

from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.doors import Call, call
from services.reporting.console.visit import Visit

SHA256_LENGTH = 64


async def taken_out(
    visit: Visit, door: tuple[str, str], place: Mapping[str, str], name: str
) -> Response:
    """Return a file of a service's route; raises 404.

    `place` fills the route's names in; its `digest` names the file, after `name`.
    """
    digest = place["digest"]
    if len(digest) != SHA256_LENGTH or not digest.isalnum():
        raise Problem("not-found")
    service, route = door
    answer = await call(visit, Call(service, "GET", route.format(**place), route))
    if not answer.done:
        raise Problem("not-found")
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{digest[:12]}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    octets = "application/octet-stream"
    return Response(answer.content, headers=headers, media_type=octets)
