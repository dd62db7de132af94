"""The register of early warnings: issued to a unit, acknowledged, rectified."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import shown
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Desk, Sheet, blank, said
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.early_warnings import early_warnings

PAGE = "/console/early-warnings"
DOOR = "/v1/early-warnings"
COLOURS = ("yellow", "orange", "red")
BASES = ("signal", "complaints", "patrol", "account", "funding", "opinion", "other")
RESULTS = ("no_hazard", "rectifying", "rectified")


def add_routes(router: APIRouter) -> None:
    """Add the register and what is done on it."""

    @router.get("/early-warnings")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("AcknowledgeEarlyWarning")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, _begun(request.query_params))

    @router.post("/early-warnings")
    async def issue(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "IssueEarlyWarning")
        body = said(typed, "unit", "about", "colour", "basis", "employer_id")
        return await DESK.act(visit, typed, **body)

    @router.post("/early-warnings/{warning_id}/acknowledgement")
    async def answer(request: Request, visit: Visiting, warning_id: UUID) -> Response:
        typed = await own_form(request, visit, "AcknowledgeEarlyWarning")
        body = said(typed, "result")
        return await DESK.act(visit, typed, f"/{warning_id}/acknowledgement", **body)


def _begun(query: Mapping[str, str]) -> Sheet:
    """Return the forms; a risk grade's page fills in whom it is about."""
    names = ("employer_id", "about", "colour")
    fields: dict[str, tuple[str, ...]] = {one: (query.get(one, ""),) for one in names}
    return replace(blank(), typed=Typed(fields, {}, PAGE))


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await early_warnings(visit.running, visit.asking)
    values = {
        "answer": answer,
        "found": answer.found,
        "sheet": sheet,
        "colours": COLOURS,
        "bases": BASES,
        "results": RESULTS,
    }
    return page(visit, "early_warnings.html", values, sheet.status)


DESK = Desk("routing", DOOR, PAGE, _page)
