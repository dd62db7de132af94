"""Statistics: the weekly table, the zero board, a number taken apart, as known then."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.drawing import burn_down, finding
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.figures.indicators import BY_ID, INDICATORS
from services.reporting.reading.asking import reading
from services.reporting.reading.board import OLD_DAYS, board
from services.reporting.reading.explaining import Cell, explained
from services.reporting.reading.statistics import campaign, week_table

COLUMNS = ("new", "total")


def add_routes(router: APIRouter) -> None:
    """Add the pages of numbers."""

    @router.get("/weeks")
    async def week_now(visit: Visiting) -> Response:
        return await _week(visit, None)

    @router.get("/weeks/{number}")
    async def week(visit: Visiting, number: int) -> Response:
        return await _week(visit, number)

    @router.get("/board")
    async def zero_board(visit: Visiting) -> Response:
        visit.require("ReadStatistics")
        answer = await board(visit.running, visit.asking)
        values = {
            "answer": answer,
            "board": answer.found,
            "picture": burn_down(answer.found, visit.words),
            "finding": finding(answer.found, visit.words),
            "old_days": OLD_DAYS,
        }
        return page(visit, "board.html", values)

    @router.get("/explain")
    async def explain(request: Request, visit: Visiting) -> Response:
        visit.require("Explain")
        return await _explained(request, visit)

    @router.get("/as-known")
    async def as_known(visit: Visiting) -> Response:
        visit.require("AsOf")
        async with reading(visit.running) as connection:
            held = await campaign(connection)
        return page(visit, "as_known.html", {"campaign": held})


async def _week(visit: Visit, number: int | None) -> Response:
    visit.require("ReadStatistics")
    answer = await week_table(visit.running, visit.asking, number)
    if answer is None:
        if number is None:
            return page(visit, "no_campaign.html", {})
        raise Problem("not-found")
    column = visit.request.query_params.get("column", "new")
    values = {
        "answer": answer,
        "table": answer.found,
        "column": column if column in COLUMNS else "new",
        "columns": COLUMNS,
        "indicators": BY_ID,
    }
    return page(visit, "week.html", values)


def cell_of(request: Request) -> Cell | None:
    """Return the number that an address names; None when it names none."""
    query = request.query_params
    indicator = query.get("indicator")
    if not indicator:
        return None
    week = query.get("week", "")
    return Cell(
        indicator,
        int(week) if week.isdigit() else None,
        query.get("unit") or None,
        "total" if query.get("column") == "total" else "new",
    )


async def _explained(request: Request, visit: Visit) -> Response:
    cell = cell_of(request)
    answer = None
    if cell is not None:
        answer = await explained(visit.running, visit.asking, cell)
        if answer is None:
            raise Problem("not-found")
    async with reading(visit.running) as connection:
        held = await campaign(connection)
    values = {
        "answer": answer,
        "explained": answer.found if answer else None,
        "cell": cell,
        "campaign": held,
        "indicators": INDICATORS,
    }
    return page(visit, "explain.html", values)
