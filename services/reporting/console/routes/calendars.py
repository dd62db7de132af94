"""Holiday notices with the cases that each moved, and a deadline day by day."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.cursor import Cursors, listing
from libs.web.problems import Problem
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.calendars import (
    Affected,
    Mark,
    affected,
    calendars,
)
from services.reporting.reading.deadline_page import deadline_page

PATH = "/console/calendars"
LINES = 100


def add_routes(router: APIRouter) -> None:
    """Add the two pages."""

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

    @router.get("/deadlines/{deadline_id}")
    async def one(visit: Visiting, deadline_id: UUID) -> Response:
        visit.require("ReadCases")
        answer = await deadline_page(visit.running, visit.asking, deadline_id)
        if answer is None:
            raise Problem("not-found")
        values = {"answer": answer, "page": answer.found, "one": answer.found.row}
        return page(visit, "deadline.html", {"names": None, **values})


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
