"""Notice boards 维权告示牌: the checklist as a form, the register and its sheet."""

from collections.abc import Sequence
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.events.contracts.notice_boards import BoardDuty
from libs.web.permissions import ACT
from services.reporting.console.deed import shown
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx, register
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.notice_boards import MOST, Filters, notice_boards
from services.reporting.views.notice_board import NoticeBoardRow

PAGE, DOOR = "/console/notice-boards", "/v1/notice-boards"
ITEMS: tuple[str, ...] = get_args(BoardDuty)
SHOWS = ("defective", "compliant")
COLUMNS = (
    "column.project", "field.area", "notice-boards.checked-at", "field.by_unit",
    "notice-boards.compliant", "notice-boards.defects", "notice-boards.checks",
    "notice-boards.found", "notice-boards.corrected", "notice-boards.checklist",
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the register, its sheet and its form."""

    @router.get("/notice-boards")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("InspectNoticeBoard")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.get("/notice-boards.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("InspectNoticeBoard")
        filters = narrowed(Filters, request.query_params)
        answer = await notice_boards(visit.running, visit.asking, filters, MOST)
        lines = (_cells(visit, row) for row in answer.found.lines)
        return register(visit, "notice-boards", COLUMNS, lines)

    @router.post("/notice-boards")
    async def inspect(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "InspectNoticeBoard")
        body = said(typed, "project_name", "project_number", "area")
        desk = Desk("enforcement", DOOR, PAGE, _page)
        return await desk.act(visit, typed, **body, defects=[*typed.many("defects")])


def _cells(visit: Visit, row: NoticeBoardRow) -> Sequence[Any]:
    words = visit.words
    return (
        row.project_name,
        visit.unit(row.area) if row.area else None,
        row.checked_at,
        visit.unit(row.by_unit),
        words("page.yes") if row.compliant else None,
        "、".join(words.of("choice.board", one) for one in row.defects),
        row.checks,
        row.found,
        row.corrected,
        row.checklist_version,
    )


async def _page(visit: Visit, sheet: Sheet) -> Response:
    filters = narrowed(Filters, visit.request.query_params)
    answer = await notice_boards(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "found": answer.found,
        "filters": filters,
        "sheet": sheet,
        "shows": SHOWS,
        "items": ITEMS,
        "may_inspect": visit.may("InspectNoticeBoard", ACT),
    }
    return page(visit, "notice_boards.html", values, sheet.status)
