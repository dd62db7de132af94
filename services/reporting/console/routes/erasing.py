"""Erasing 删除: whom no file keeps any more, and erasing one of them (PIPL 47).

The list and the erasing are intake's; no name stands on either page.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.permissions import ACT
from libs.web.problems import Problem
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Sheet, answered, blank, done, said
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting

PAGE = "/console/erasures"
DUE = "/v1/erasures/due"
COMMAND = "ErasePersonData"
REASONS = ("retention-ended", "own-request")
"""Why one who is due is erased (PIPL 47 (1), (3)); a mistake waits on no list."""


def add_routes(router: APIRouter) -> None:
    """Add the list, the page that asks before one person is erased, and the erasing."""

    @router.get("/erasures")
    async def listed(visit: Visiting) -> Response:
        visit.require("ReadPersonReads")
        return await _page(visit, blank())

    @router.get("/erasures/{person_id}")
    async def ask(visit: Visiting, person_id: UUID) -> Response:
        visit.require(COMMAND, ACT)
        return await _page(visit, blank(), person_id)

    @router.post("/erasures/{person_id}")
    async def erase(request: Request, visit: Visiting, person_id: UUID) -> Response:
        typed = await own_form(request, visit, COMMAND)
        door = ("intake", f"/v1/persons/{person_id}/erasure")
        answer = await done(visit, typed, door, said(typed, "reason"))
        if isinstance(answer, str):
            return see(f"{PAGE}?done={COMMAND}")
        return await _page(visit, answer, person_id)


async def _page(visit: Visit, sheet: Sheet, person: UUID | None = None) -> Response:
    """Show who is due, or the one person asked about; raises 404 if that one is not.

    Whoever was refused still has the form: a file was opened again in between.
    """
    answer = await call(visit, Call("intake", "GET", DUE))
    due: list[dict[str, Any]] = answer.body.get("items", []) if answer.done else []
    if person is not None:
        due = [one for one in due if one["person_id"] == str(person)]
    if not answer.done and not sheet.refusal:
        sheet = answered(visit, sheet.typed, answer)
    elif person is not None and not due and sheet.status in {200, 404}:
        raise Problem("not-found")
    values = {
        "due": due,
        "person": person,
        "reasons": REASONS,
        "may_erase": visit.may(COMMAND, ACT),
        "sheet": sheet,
        "erased": visit.request.query_params.get("done") == COMMAND,
    }
    return page(visit, "erasures.html", values, sheet.status)
