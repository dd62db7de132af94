"""The routing rules' page: in force, drafted, tried on cases, put in force by two."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.owner_rules import owner_rules_text
from libs.web import permissions
from libs.web.permissions import Power
from services.reporting.console import drafting
from services.reporting.console.deed import shown
from services.reporting.console.drafting import Paper, Sheet, blank
from services.reporting.console.forms import own_form
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.suggesting import rules, simulation

PAPER = Paper(
    "/console/owner-rules",
    "/v1/owner-rules/drafts",
    lambda said: {"rules": said.get("rules", [])},
)
TRIED = 300


def add_routes(router: APIRouter) -> None:
    """Add the page, and its two forms."""

    @router.get("/owner-rules")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.post("/owner-rules")
    async def draft(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        return await _back(visit, await drafting.draft(visit, typed, PAPER))

    @router.post("/owner-rules/adoption")
    async def adopt(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        return await _back(visit, await drafting.adopt(visit, typed, PAPER))


async def _back(visit: Visit, done: Response | Sheet) -> Response:
    return await _page(visit, done) if isinstance(done, Sheet) else done


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await rules(visit.running, visit.asking)
    tried = await simulation(visit.running, visit.asking, TRIED)
    held = answer.found
    values = {
        "answer": answer,
        "held": held,
        "tried": tried.found,
        "sheet": sheet,
        "may_adopt": Power.DECIDE in permissions.may(visit.role, "AdoptRule"),
        "is_drafter": held.drafter_id == visit.caller.actor.id,
        "text": sheet.text or owner_rules_text(held.draft or held.rules),
    }
    return page(visit, "owner_rules.html", values, sheet.status)
