"""What keeps a system from being ready, in its processes' own words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import httpx

from deploy.local.cannot import last_line
from deploy.local.children import why_ended

if TYPE_CHECKING:
    from tests.chaos.system import Part

ASK_SECONDS = 5
GOOD = 200
ALL_READY = "every process is ready, but a complaint of now was not seen by each"


async def unready(parts: Iterable["Part"]) -> list[str]:
    """Return a line for each process that is not ready: its answer or its end."""
    async with httpx.AsyncClient(timeout=ASK_SECONDS) as http:
        said = [(part.name, await _why(http, part)) for part in parts]
    return [f"{name}: {line}" for name, line in said if line] or [ALL_READY]


def ended(parts: Iterable["Part"]) -> list[str]:
    """Return a line for each process that was begun and has ended."""
    children = [part.child for part in parts if part.child is not None]
    return [why_ended(child) for child in children if not child.is_running()]


async def _why(http: httpx.AsyncClient, part: "Part") -> str:
    if part.child is None or not part.child.is_running():
        return why_ended(part.child) if part.child is not None else "not begun"
    try:
        answer = await http.get(f"{part.address}/readyz")
    except httpx.HTTPError as error:
        log = part.child.program.log
        last = last_line(log.read_text(errors="replace")) if log is not None else ""
        return f"{error!r}, and last: {last}"
    return "" if answer.status_code == GOOD else answer.text
