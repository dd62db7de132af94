"""The page of supervision, its sheet, and signing for an urge or answering it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from libs.web.field_errors import invalid
from services.reporting.console.deed import new_key, place_of, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.formats import local
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.render import page, see
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

ANSWERS = ("done", "in_hand", "needs_ruling", "needs_support")
URGE = "/cases/{case_id}/urges/{urge_id}"
PLACES = {"today": "/console", "supervision": "/console/supervision"}


def add_routes(router: APIRouter) -> None:
    """Add the page, its sheet, and what an addressee does."""

    @router.get("/supervision")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, filters_of(request.query_params))

    @router.get("/supervision.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        filters = filters_of(request.query_params)
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
        return await _said(visit, typed, f"{case_id}/urges/{urge_id}/receipt")

    @router.post(f"{URGE}/answer")
    async def answer(
        request: Request, visit: Visiting, case_id: UUID, urge_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, "AnswerUrge")
        return await _said(visit, typed, f"{case_id}/urges/{urge_id}/answer")


def filters_of(query: Mapping[str, str]) -> Narrowed:
    """Return the filters that an address says; raises 422 naming the bad ones."""
    said: dict[str, Any] = {name: text for name, text in query.items() if text.strip()}
    try:
        return Narrowed.model_validate(said)
    except ValidationError as error:
        raise invalid(error.errors()) from None


async def _said(visit: Visit, typed: Typed, path: str) -> Response:
    """Sign or answer at routing's door; back to the page that the form stood on."""
    said = typed.one("answer")
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    asked = Call(
        "routing",
        "POST",
        f"/v1/cases/{path}",
        json={"answer": said} if said else {},
        headers=headers,
    )
    done = await call(visit, asked)
    if done.done:
        case_id = path.split("/", maxsplit=1)[0]
        back = PLACES.get(typed.one("back"), f"/console/cases/{case_id}")
        return see(f"{back}?seen={place_of(done.body)}")
    refusal = str(done.body.get("detail") or visit.words("wrong.service-down"))
    return await _page(visit, Narrowed(), refusal, done.status)


async def _page(
    visit: Visit, filters: Narrowed, refusal: str | None = None, status: int = 200
) -> Response:
    answer = await supervised(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "supervised": answer.found,
        "filters": filters,
        "shows": SHOWS,
        "urge_states": URGES,
        "rungs": RUNGS,
        "refusal": refusal,
        "shown": SHOWN,
        "answers": ANSWERS,
        "key": new_key(),
    }
    return page(visit, "supervision.html", values, status)
