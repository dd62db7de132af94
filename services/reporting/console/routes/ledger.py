"""The ledger page: filters in the address, totals, and the files to take away."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.events.decider import Rejected
from libs.service.parts import Running
from libs.web.cursor import Cursors, listing
from libs.web.problem_handlers import as_problem
from services.reporting.console.columns import COLUMNS, Column, chosen
from services.reporting.console.export import table, workbook
from services.reporting.console.forms import checked_form
from services.reporting.console.registers import Sheet, blank, narrowed, refused
from services.reporting.console.render import page, see
from services.reporting.console.saved_views import SavedView, drop, save, views_of
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.ledger import (
    Filters,
    Mark,
    Place,
    Taken,
    ledger,
    taken,
)

PATH = "/console/ledger"
CONFLICT = 409
CHANNELS = (
    "window", "phone", "letter", "web", "online", "12345", "platform", "petition",
    "patrol", "warning", "cyberspace", "grid",
)  # fmt: skip
KINDS = ("complaint", "report", "petition", "work_order", "platform_clue")
PROFILES = "SELECT DISTINCT profile FROM imported ORDER BY profile"


def add_routes(router: APIRouter) -> None:
    """Add the ledger and its sheet."""

    @router.get("/ledger")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        ticked = request.query_params.getlist("column")
        if ticked:
            return see(_with_columns(request, ticked))
        return await _page(request, visit, request.query_params, blank())

    @router.get("/ledger.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        async with _taken(request, visit) as (ledger, filters, columns):
            return await workbook(visit, ledger, filters, columns)

    @router.get("/ledger.csv")
    async def text(request: Request, visit: Visiting) -> Response:
        async with _taken(request, visit) as (ledger, _, columns):
            return await table(visit, ledger, columns)

    _add_views(router)


@asynccontextmanager
async def _taken(
    request: Request, visit: Visit
) -> AsyncIterator[tuple[Taken, Filters, Sequence[Column]]]:
    """Give the whole ledger that an address names, and its columns."""
    visit.require("ReadLedger")
    filters = filters_of(request.query_params)
    columns = chosen(request.query_params.get("columns", ""))
    async with taken(visit.running, visit.asking, filters) as ledger:
        yield ledger, filters, columns


def _add_views(router: APIRouter) -> None:
    @router.post("/ledger/views")
    async def keep(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        typed = await checked_form(request, visit.session)
        said = dict(parse_qsl(typed.one("query")))
        # What is kept is what the ledger understands, never what a form says.
        query = urlencode({**filters_of(said).marks(), **_columns(said)})
        view = SavedView(typed.one("name"), query)
        try:
            await save(visit.running.pool, visit.caller.actor.id, view)
        except Rejected as no:
            sheet = refused(typed, as_problem(no).said.to(visit.language), CONFLICT)
            return await _page(request, visit, said, sheet)
        return see(f"{PATH}?{query}")

    @router.post("/ledger/views/removal")
    async def remove(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        typed = await checked_form(request, visit.session)
        await drop(visit.running.pool, visit.caller.actor.id, typed.one("name"))
        return see(PATH)


async def _page(
    request: Request, visit: Visit, said: Mapping[str, str], sheet: Sheet
) -> Response:
    """Show the ledger as an address says; a refused form's page begins it anew."""
    filters, columns = filters_of(said), said.get("columns", "")
    place = place_of(request, PATH, filters)
    answer = await ledger(visit.running, visit.asking, filters, place)
    kept = _kept(said)
    values = {
        "columns": chosen(columns) if columns else (),
        "every": COLUMNS,
        "saved": await views_of(visit.running.pool, visit.caller.actor.id),
        "kept": kept,
        "query": urlencode(kept),
        "answer": answer,
        "ledger": answer.found,
        "filters": filters,
        "channels": CHANNELS,
        "kinds": KINDS,
        "profiles": await _profiles(visit.running),
        "next": None
        if sheet.refusal
        else next_of(request, PATH, filters, answer.found.after),
        "sheet": sheet,
    }
    return page(visit, "ledger.html", values, sheet.status)


def _columns(said: Mapping[str, str]) -> dict[str, str]:
    keys = said.get("columns", "")
    return {"columns": ",".join(one.key for one in chosen(keys))} if keys else {}


def _kept(said: Mapping[str, str]) -> dict[str, str]:
    """Return what a form of this page takes along of its address."""
    left_out = {"cursor", "column", "seen", "lang"}
    return {k: v for k, v in said.items() if k not in left_out and v}


def _with_columns(request: Request, ticked: Sequence[str]) -> str:
    keys = ",".join(one.key for one in chosen(",".join(ticked)))
    return f"{PATH}?{urlencode({**_kept(request.query_params), 'columns': keys})}"


async def _profiles(running: Running) -> list[str]:
    return [row["profile"] for row in await running.pool.fetch(PROFILES)]


def filters_of(query: Mapping[str, str]) -> Filters:
    """Return the filters that an address says; raises 422 naming the bad ones."""
    return narrowed(Filters, query)


def place_of(request: Request, path: str, filters: Filters, limit: int = 50) -> Place:
    """Return the page that the address's cursor names; raises 400 for a foreign one."""
    said = request.query_params.get("cursor")
    if not said:
        return Place(limit=limit)
    at, case_id = _cursors(request).unseal(_listed(request, path, filters), said)
    return Place((datetime.fromisoformat(str(at)), UUID(str(case_id))), limit)


def next_of(
    request: Request, path: str, filters: Filters, after: Mark | None
) -> str | None:
    """Return the cursor of the next page."""
    if after is None:
        return None
    mark = (after[0].isoformat(), str(after[1]))
    return _cursors(request).seal(_listed(request, path, filters), mark)


def _listed(request: Request, path: str, filters: Filters) -> str:
    as_of = request.query_params.get("as_of") or None
    return listing(path, {**filters.marks(), "as_of": as_of})


def _cursors(request: Request) -> Cursors:
    found: Cursors = request.app.state.cursors
    return found
