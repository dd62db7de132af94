"""The list of responsibilities: who answers for an area and an industry (F-1.2)."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from libs.industries import sections
from libs.organisation import Officer
from services.reporting.console import sheets
from services.reporting.console.deed import shown
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.asking import day_asked
from services.reporting.reading.responsibility import Line, responsibilities

PAGE = "/console/responsibility"
DOOR = "/v1/responsibilities"
COLUMNS = (
    "responsibility.what", "responsibility.code", "responsibility.name", "column.unit",
    "field.officer_id", "field.from_on",
)  # fmt: skip


class OnDay(BaseModel):
    """On which day of responsibility the list is asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    on: date | None = None


def add_routes(router: APIRouter) -> None:
    """Add the list, its workbook, and the two assignments."""

    @router.get("/responsibility")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.get("/responsibility/list.xlsx", response_class=Xlsx)
    async def workbook(visit: Visiting) -> Response:
        visit.require("ReadCases")
        found = await responsibilities(visit.running, visit.asking, _on(visit))
        every = (*found.found.areas, *found.found.industries)
        lines = [_cells(visit, line) for line in every]
        return sheets.register(visit, "responsibility", COLUMNS, lines)

    @router.post("/responsibility/areas")
    async def area(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AssignGridResponsibility")
        body = said(typed, "area", "officer_id", "from_on")
        # Whoever answers does so for the unit that he acts for.
        officer = _officer(visit, typed.one("officer_id"))
        unit = officer.unit if officer is not None else None
        return await DESK.act(visit, typed, "/areas", **body, unit=unit)

    @router.post("/responsibility/industries")
    async def industry(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AssignIndustrySupervisor")
        body = said(typed, "industry", "unit", "from_on")
        return await DESK.act(visit, typed, "/industries", **body)


def _officer(visit: Visit, said_id: str) -> Officer | None:
    try:
        return visit.people.get(UUID(said_id))
    except ValueError:
        return None


def _on(visit: Visit) -> date:
    asked = narrowed(OnDay, visit.request.query_params).on
    return asked or day_asked(visit.running, visit.asking)


async def _page(visit: Visit, sheet: Sheet) -> Response:
    on = _on(visit)
    answer = await responsibilities(visit.running, visit.asking, on)
    values = {
        "answer": answer,
        "list": answer.found,
        "sections": {one.code: one for one in sections()},
        "sheet": sheet,
    }
    return page(visit, "responsibility.html", values, sheet.status)


DESK = Desk("routing", DOOR, PAGE, _page)


def _cells(visit: Visit, line: Line) -> list[Any]:
    names = {one.code: one.name(visit.language) for one in sections()}
    area = line.kind == "area"
    term = line.term
    officer = term.officer_id if term else None
    return [
        visit.words.of("field", line.kind),
        line.code,
        visit.unit(line.code) if area else names[line.code],
        visit.unit(term.unit) if term else visit.words("responsibility.nobody"),
        visit.person(officer) if officer else "",
        term.from_on if term else None,
    ]
