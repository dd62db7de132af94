"""The page of signals and opinions: taken in, dismissed, or become a clue."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.answers import Mistyped, moment_said
from services.reporting.console.deed import shown
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Desk, Sheet, blank, refused, said
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.signals import clue_of_number, warned

SOURCES = ("district", "industry", "platform", "data")
KINDS = (
    "wages_unpaid", "account_short", "payroll_missing", "funding_short",
    "complaints_many", "other",
)  # fmt: skip
REASONS = ("no_arrears", "duplicate", "not_ours", "unclear")
NOT_FOUND = 404
SIGNALS, OPINIONS = "/v1/signals", "/v1/opinions"


def add_routes(router: APIRouter) -> None:
    """Add the page and what is done on it."""

    @router.get("/signals")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("ReceiveSignal")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.post("/signals")
    async def receive(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "ReceiveSignal")
        names = ("source", "source_number", "signal", "received_on")
        body = {name: typed.one(name) for name in names}
        body |= said(typed, "employer_name", "project_name")
        return await DESK.act(visit, typed, SIGNALS, **body)

    @router.post("/opinions")
    async def register(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "RegisterOpinion")
        names = ("item_number", "url", "grade")
        body = {name: typed.one(name) for name in names}
        try:
            body["first_seen_at"] = moment_said(typed.one("first_seen_at"))
        except Mistyped:
            wrong = {"first_seen_at": visit.words("wrong.moment")}
            return await _page(visit, replace(refused(typed, None), wrong=wrong))
        return await DESK.act(visit, typed, OPINIONS, **body)

    _ending(router)


def _ending(router: APIRouter) -> None:
    @router.post("/signals/{signal_id}/dismissal")
    async def dismiss(request: Request, visit: Visiting, signal_id: UUID) -> Response:
        typed = await own_form(request, visit, "DismissSignal")
        path = f"{SIGNALS}/{signal_id}/dismissal"
        return await DESK.act(visit, typed, path, reason=typed.one("reason"))

    @router.post("/signals/{item_id}/clue")
    async def signal(request: Request, visit: Visiting, item_id: UUID) -> Response:
        typed = await own_form(request, visit, "LinkSignal")
        return await _linked(visit, typed, f"{SIGNALS}/{item_id}/clue")

    @router.post("/opinions/{item_id}/clue")
    async def opinion(request: Request, visit: Visiting, item_id: UUID) -> Response:
        typed = await own_form(request, visit, "LinkOpinion")
        return await _linked(visit, typed, f"{OPINIONS}/{item_id}/clue")


async def _linked(visit: Visit, typed: Typed, path: str) -> Response:
    clue_id = await clue_of_number(visit.running, typed.one("number"))
    if clue_id is None:
        # The same as for a clue that this reader may not see.
        why = visit.words("signals.no-clue")
        return await _page(visit, refused(typed, why, NOT_FOUND))
    return await DESK.act(visit, typed, path, clue_id=str(clue_id))


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await warned(visit.running, visit.asking)
    values = {
        "answer": answer,
        "warned": answer.found,
        "sheet": sheet,
        "sources": SOURCES,
        "kinds": KINDS,
        "reasons": REASONS,
    }
    return page(visit, "signals.html", values, sheet.status)


DESK = Desk("intake", "", "/console/signals", _page)
