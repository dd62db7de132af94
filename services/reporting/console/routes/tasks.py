"""The table of tasks: what each unit is to do by when, and what is late (F-3.1)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console import sheets
from services.reporting.console.deed import shown
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.tasks import Filters, Tasks, tasks
from services.reporting.views.task import TaskRow

PAGE = "/console/tasks"
DOOR = "/v1/tasks"
RESULTS = ("done", "partly", "not_needed")
COLUMNS = (
    "field.task_title", "field.task_measure", "column.unit", "column.due_on",
    "column.state", "tasks.completed", "tasks.late", "tasks.item",
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the table, its workbook, and what is done on it."""

    @router.get("/tasks")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.get("/tasks/list.xlsx", response_class=Xlsx)
    async def workbook(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        filters = narrowed(Filters, request.query_params)
        found = (await tasks(visit.running, visit.asking, filters)).found
        lines = [_cells(visit, row, found) for row in found.lines]
        return sheets.register(visit, "tasks", COLUMNS, lines)

    @router.post("/tasks")
    async def decompose(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "DecomposeTask")
        body = said(typed, "measure", "title", "due_on")
        return await DESK.act(visit, typed, **body, units=[*typed.many("units")])

    @router.post("/tasks/{task_id}/completion")
    async def complete(request: Request, visit: Visiting, task_id: UUID) -> Response:
        typed = await own_form(request, visit, "CompleteTask")
        body = said(typed, "result")
        return await DESK.act(visit, typed, f"/{task_id}/completion", **body)

    @router.post("/tasks/{task_id}/rectification")
    async def link(request: Request, visit: Visiting, task_id: UUID) -> Response:
        typed = await own_form(request, visit, "LinkRectification")
        body = said(typed, "list_number")
        return await DESK.act(visit, typed, f"/{task_id}/rectification", **body)


async def _page(visit: Visit, sheet: Sheet) -> Response:
    filters = narrowed(Filters, visit.request.query_params)
    answer = await tasks(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "found": answer.found,
        "filters": filters,
        "sheet": sheet,
        "results": RESULTS,
    }
    return page(visit, "tasks.html", values, sheet.status)


DESK = Desk("routing", DOOR, PAGE, _page)


def _cells(visit: Visit, row: TaskRow, found: Tasks) -> list[Any]:
    words = visit.words
    over = words.of("choice.result", row.result) if row.result else words("tasks.open")
    return [
        row.title,
        row.measure,
        visit.unit(row.unit),
        row.due_on,
        over,
        row.completed_at,
        words("page.yes") if row.late(found.now) else words("page.no"),
        row.list_number,
    ]
