"""Publicity 宣传台账: activities with sums by unit and week, a sheet and a form."""

from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.events.contracts.publicity import PublicityMeans
from libs.web.permissions import ACT
from services.reporting.console.deed import shown
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx, register
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.publicity import MOST, Filters, publicity

PAGE, DOOR = "/console/publicity", "/v1/publicity"
MEANS: tuple[str, ...] = get_args(PublicityMeans)
FIELDS = ("held_on", "means", "place", "area", "sessions", "people", "leaflets")
COLUMNS = (
    "publicity.held-on", "column.unit", "field.means", "field.place", "field.area",
    "field.sessions", "publicity.people", "field.leaflets",
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the register, its sheet and its form."""

    @router.get("/publicity")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("LogPublicity")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.get("/publicity.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("LogPublicity")
        filters = narrowed(Filters, request.query_params)
        answer = await publicity(visit.running, visit.asking, filters, MOST)
        lines = (
            (
                one.held_on,
                visit.unit(one.unit),
                visit.words.of("choice.means", one.means),
                one.place,
                visit.unit(one.area) if one.area else None,
                one.sessions,
                one.people,
                one.leaflets,
            )
            for one in answer.found.lines
        )
        return register(visit, "publicity", COLUMNS, lines)

    @router.post("/publicity")
    async def log(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "LogPublicity")
        desk = Desk("reporting", DOOR, PAGE, _page)
        return await desk.act(visit, typed, **said(typed, *FIELDS))


async def _page(visit: Visit, sheet: Sheet) -> Response:
    filters = narrowed(Filters, visit.request.query_params)
    answer = await publicity(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "found": answer.found,
        "filters": filters,
        "sheet": sheet,
        "means": MEANS,
        "may_log": visit.may("LogPublicity", ACT),
    }
    return page(visit, "publicity.html", values, sheet.status)
