"""The page of supervision, its sheet, and signing for an urge or answering it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import shown
from services.reporting.console.formats import local
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx
from services.reporting.console.supervision_sheet import supervision_sheet
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.supervision import (
    MOST,
    RUNGS,
    SHOWN,
    SHOWS,
    URGES,
    Narrowed,
    supervised,
)

URGE = "/cases/{case_id}/urges/{urge_id}"
PLACES = {"today": "/console", "supervision": "/console/supervision"}


def add_routes(router: APIRouter) -> None:
    """Add the page, its sheet, and what an addressee does."""

    @router.get("/supervision")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.get("/supervision.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        filters = narrowed(Narrowed, request.query_params)
        answer = await supervised(visit.running, visit.asking, filters, MOST)
        name = f"supervision-{local(visit.running.last_now):%Y%m%d-%H%M}.xlsx"
        return Xlsx(
            supervision_sheet(visit, answer.found),
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @router.post(f"{URGE}/receipt")
    async def sign(
        request: Request, visit: Visiting, case_id: UUID, urge_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, "ReadUrge")
        return await _answered(visit, typed, case_id, f"/{urge_id}/receipt")

    @router.post(f"{URGE}/answer")
    async def answer(
        request: Request, visit: Visiting, case_id: UUID, urge_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, "AnswerUrge")
        path = f"/{urge_id}/answer"
        return await _answered(visit, typed, case_id, path, **said(typed, "answer"))


async def _answered(
    visit: Visit, typed: Typed, case_id: UUID, path: str, **body: str
) -> Response:
    """Sign or answer at routing's door; back to the page that the form stood on."""
    back = PLACES.get(typed.one("back"), f"/console/cases/{case_id}")
    desk = Desk("routing", f"/v1/cases/{case_id}/urges", back, _page)
    return await desk.act(visit, typed, path, **body)


async def _page(visit: Visit, sheet: Sheet) -> Response:
    filters = narrowed(Narrowed, visit.request.query_params)
    answer = await supervised(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "supervised": answer.found,
        "filters": filters,
        "shows": SHOWS,
        "urge_states": URGES,
        "rungs": RUNGS,
        "shown": SHOWN,
        "sheet": sheet,
    }
    return page(visit, "supervision.html", values, sheet.status)
