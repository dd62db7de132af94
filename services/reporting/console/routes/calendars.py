"""The calendars page: adopted holiday notices, and the cases that each moved."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.cursor import Cursors, listing
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.calendars import (
    Affected,
    Mark,
    affected,
    calendars,
)

PATH = "/console/calendars"
LINES = 100


def add_routes(router: APIRouter) -> None:
    """Add the page."""

    @router.get("/calendars")
    async def show(request: Request, visit: Visiting, version: str = "") -> Response:
        visit.require("ReadCases")
        answer = await calendars(visit.running, visit.asking)
        # Without a choice the calendar in force, which stands first.
        newest = answer.found[0].calendar_version if answer.found else ""
        chosen = version or newest
        found, following = await _affected(request, visit, chosen)
        values = {
            "answer": answer,
            "adoptions": answer.found,
            "chosen": chosen,
            "affected": found,
            "next": following,
        }
        return page(visit, "calendars.html", values)


async def _affected(
    request: Request, visit: Visit, version: str
) -> tuple[Affected, str | None]:
    cursors: Cursors = request.app.state.cursors
    listed = listing(PATH, {"version": version, "as_of": visit.as_of})
    cursor = request.query_params.get("cursor")
    after = _mark(cursors.unseal(listed, cursor)) if cursor else None
    answer = await affected(visit.running, visit.asking, version, after, LINES)
    last = answer.found.after
    sealed = cursors.seal(listed, [str(part) for part in last]) if last else None
    return answer.found, sealed


def _mark(mark: list[str | int]) -> Mark:
    return date.fromisoformat(str(mark[0])), UUID(str(mark[1]))
