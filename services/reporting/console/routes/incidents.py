"""The register of incidents: warned, reported, responded to, closed (F-1.5, S24)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import shown
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import (
    Desk,
    Sheet,
    blank,
    narrowed,
    refused,
    said,
)
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.incidents import Period, incidents
from services.reporting.reading.search import case_of_number

PAGE = "/console/incidents"
DOOR = "/v1/incidents"
KINDS = ("group", "extreme", "opinion")
FEATURES = ("upward_petition", "violence")
MEASURES = ("on_site", "talks", "police", "medical", "advance", "other")
RESULTS = ("settled", "handed_over", "averted", "unfounded")
NOT_FOUND = 404


def add_routes(router: APIRouter) -> None:
    """Add the register and what is done on it."""

    @router.get("/incidents")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("RaiseIncidentWarning")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.post("/incidents")
    async def tell(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "ReportIncident")
        if typed.one("what") == "warning":
            body = said(typed, "kind", "people", "unit", "area")
            return await DESK.act(visit, typed, "/warnings", **body)
        return await DESK.act(visit, typed, **_report(typed))

    _going_on(router)


def _going_on(router: APIRouter) -> None:
    @router.post("/incidents/{incident_id}/reports")
    async def again(request: Request, visit: Visiting, incident_id: UUID) -> Response:
        typed = await own_form(request, visit, "ReportIncident")
        path = f"/{incident_id}/reports"
        return await DESK.act(visit, typed, path, **_report(typed))

    @router.post("/incidents/{incident_id}/response")
    async def respond(request: Request, visit: Visiting, incident_id: UUID) -> Response:
        typed = await own_form(request, visit, "RespondToIncident")
        body = said(typed, "measure")
        return await DESK.act(visit, typed, f"/{incident_id}/response", **body)

    @router.post("/incidents/{incident_id}/cases")
    async def link(request: Request, visit: Visiting, incident_id: UUID) -> Response:
        typed = await own_form(request, visit, "LinkIncident")
        case_id = await case_of_number(visit.running, typed.one("number"))
        if case_id is None:
            # The same as for a case that this reader may not see.
            sheet = refused(typed, visit.words("incidents.no-case"), NOT_FOUND)
            return await _page(visit, sheet)
        return await DESK.act(visit, typed, f"/{incident_id}/cases/{case_id}")

    @router.post("/incidents/{incident_id}/closing")
    async def close(request: Request, visit: Visiting, incident_id: UUID) -> Response:
        typed = await own_form(request, visit, "CloseIncident")
        body = said(typed, "result")
        return await DESK.act(visit, typed, f"/{incident_id}/closing", **body)


def _report(typed: Typed) -> dict[str, Any]:
    body = said(typed, "kind", "people", "unit", "area")
    return {**body, "features": [*typed.many("features")]}


async def _page(visit: Visit, sheet: Sheet) -> Response:
    period = narrowed(Period, visit.request.query_params)
    answer = await incidents(visit.running, visit.asking, period)
    values = {
        "answer": answer,
        "found": answer.found,
        "period": period,
        "sheet": sheet,
        "until": visit.as_of or visit.running.last_now,
        "kinds": KINDS,
        "features": FEATURES,
        "measures": MEASURES,
        "results": RESULTS,
    }
    return page(visit, "incidents.html", values, sheet.status)


DESK = Desk("routing", DOOR, PAGE, _page)
