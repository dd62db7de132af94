"""The page of signals and opinions: taken in, dismissed, or become a clue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.answers import Mistyped, moment_said
from services.reporting.console.deed import new_key, place_of, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.signals import warned

SOURCES = ("district", "industry", "platform", "data")
KINDS = (
    "wages_unpaid", "account_short", "payroll_missing", "funding_short",
    "complaints_many", "other",
)  # fmt: skip
REASONS = ("no_arrears", "duplicate", "not_ours", "unclear")
CLUE_OF_NUMBER = """
SELECT clue_id FROM clue WHERE receipt = $1 OR channel_number = $1 LIMIT 2"""
NOT_FOUND = 404
EMPTY = Typed({}, {})
SIGNALS, OPINIONS = "/v1/signals", "/v1/opinions"


def add_routes(router: APIRouter) -> None:
    """Add the page and what is done on it."""

    @router.get("/signals")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("ReceiveSignal")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit)

    @router.post("/signals")
    async def receive(request: Request, visit: Visiting) -> Response:
        typed = await checked_form(request, visit.session)
        names = ("source", "source_number", "signal", "received_on")
        body = {name: typed.one(name) for name in names}
        for name in ("employer_name", "project_name"):
            if typed.one(name):
                body[name] = typed.one(name)
        return await _done(visit, typed, SIGNALS, body)

    @router.post("/opinions")
    async def register(request: Request, visit: Visiting) -> Response:
        typed = await checked_form(request, visit.session)
        names = ("item_number", "url", "grade")
        body = {name: typed.one(name) for name in names}
        try:
            body["first_seen_at"] = moment_said(typed.one("first_seen_at"))
        except Mistyped:
            return await _page(visit, typed, visit.words("wrong.moment"))
        return await _done(visit, typed, OPINIONS, body)

    _ending(router)


def _ending(router: APIRouter) -> None:
    @router.post("/signals/{signal_id}/dismissal")
    async def dismiss(request: Request, visit: Visiting, signal_id: UUID) -> Response:
        typed = await checked_form(request, visit.session)
        path = f"{SIGNALS}/{signal_id}/dismissal"
        return await _done(visit, typed, path, {"reason": typed.one("reason")})

    @router.post("/signals/{item_id}/clue")
    async def signal(request: Request, visit: Visiting, item_id: UUID) -> Response:
        typed = await checked_form(request, visit.session)
        return await _linked(visit, typed, f"{SIGNALS}/{item_id}/clue")

    @router.post("/opinions/{item_id}/clue")
    async def opinion(request: Request, visit: Visiting, item_id: UUID) -> Response:
        typed = await checked_form(request, visit.session)
        return await _linked(visit, typed, f"{OPINIONS}/{item_id}/clue")


async def _linked(visit: Visit, typed: Typed, path: str) -> Response:
    rows = await visit.running.pool.fetch(CLUE_OF_NUMBER, typed.one("number"))
    if len(rows) != 1:
        # The same as for a clue that this reader may not see.
        return await _page(visit, EMPTY, visit.words("signals.no-clue"), NOT_FOUND)
    return await _done(visit, typed, path, {"clue_id": str(rows[0]["clue_id"])})


async def _done(
    visit: Visit, typed: Typed, path: str, body: Mapping[str, Any]
) -> Response:
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    asked = Call("intake", "POST", path, json=body, headers=headers)
    answer = await call(visit, asked)
    if answer.done:
        return see(f"/console/signals?seen={place_of(answer.body)}")
    details = [str(one["detail"]) for one in answer.body.get("errors") or ()]
    whole = answer.body.get("detail") or visit.words("wrong.service-down")
    said = " ".join(details) or str(whole)
    return await _page(visit, typed, said, answer.status)


async def _page(
    visit: Visit, typed: Typed = EMPTY, refusal: str | None = None, status: int = 422
) -> Response:
    answer = await warned(visit.running, visit.asking)
    values = {
        "answer": answer,
        "warned": answer.found,
        "typed": typed,
        "refusal": refusal,
        "sources": SOURCES,
        "kinds": KINDS,
        "reasons": REASONS,
        "key": new_key(),
    }
    return page(visit, "signals.html", values, status if refusal else 200)
