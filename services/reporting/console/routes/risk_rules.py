"""The page of the risk rules: factors and scales in force, drafted and adopted."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.risk_rules import factors_on, risk_rules_text, scale_on
from libs.web import permissions
from libs.web.permissions import Power
from services.reporting.console import drafting
from services.reporting.console.deed import shown
from services.reporting.console.drafting import Paper, Sheet, blank
from services.reporting.console.forms import own_form
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.risks import risk_rules

PAPER = Paper(
    "/console/risk-rules", "/v1/risk-rules/drafts", lambda said: {"rules": {**said}}
)


def add_routes(router: APIRouter) -> None:
    """Add the page, and its two forms."""

    @router.get("/risk-rules")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.post("/risk-rules")
    async def draft(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        return await _back(visit, await drafting.draft(visit, typed, PAPER))

    @router.post("/risk-rules/adoption")
    async def adopt(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        return await _back(visit, await drafting.adopt(visit, typed, PAPER))


async def _back(visit: Visit, done: Response | Sheet) -> Response:
    return await _page(visit, done) if isinstance(done, Sheet) else done


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await risk_rules(visit.running, visit.asking)
    held, today = answer.found, visit.running.today()
    written = held.draft or held.rules
    values = {
        "answer": answer,
        "held": held,
        "counting": factors_on(held.rules, today) if held.rules else (),
        "scale": scale_on(held.rules, today) if held.rules else None,
        "sheet": sheet,
        "may_adopt": Power.DECIDE in permissions.may(visit.role, "AdoptRule"),
        "is_drafter": held.drafter_id == visit.caller.actor.id,
        "text": sheet.text or (risk_rules_text(written) if written else ""),
    }
    return page(visit, "risk_rules.html", values, sheet.status)
