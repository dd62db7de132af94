"""Messages: the outbox, one message told by hand, and the texts in force.

What a message says and where it goes is intake's to show: a right, a reason, an event.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.messages import BOOK, delivery_on
from libs.web.problems import Problem
from services.reporting.console.deed import new_key, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import own_form
from services.reporting.console.registers import (
    Desk,
    Sheet,
    answered,
    blank,
    narrowed,
    said,
)
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.messages import STATES, Filters, message, messages

PAGE = "/console/messages"
DOOR = "/v1/messages"
MEANS = ("phone", "in_person", "printed", "not_reached")
REASON = "telling"


def add_routes(router: APIRouter) -> None:
    """Add the outbox, the texts, and the page of one message."""

    @router.get("/messages")
    async def outbox(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        filters = narrowed(Filters, request.query_params)
        answer = await messages(visit.running, visit.asking, filters)
        values = {
            "answer": answer,
            "found": answer.found,
            "filters": filters,
            "states": STATES,
            "delivery": delivery_on(visit.running.today()),
        }
        return page(visit, "messages.html", values)

    @router.get("/message-texts")
    async def texts(visit: Visiting) -> Response:
        visit.require("ReadCases")
        values = {"book": BOOK, "on": visit.running.today()}
        return page(visit, "message_texts.html", values)

    _one(router)


def _one(router: APIRouter) -> None:
    """Add the page of one message, its text by right and reason, and the telling."""

    @router.get("/messages/{message_id}")
    async def one(request: Request, visit: Visiting, message_id: UUID) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, message_id, blank())

    @router.post("/messages/{message_id}/text")
    async def text(request: Request, visit: Visiting, message_id: UUID) -> Response:
        visit.require("ReadPersonData")
        typed = await own_form(request, visit, "TellMessage")
        headers = {"Idempotency-Key": typed.one("key") or new_key()}
        body = {"reason": REASON}
        path = f"{DOOR}/{message_id}/text"
        asked = Call("intake", "POST", path, json=body, headers=headers)
        answer = await call(visit, asked)
        if not answer.done:
            return await _page(visit, message_id, answered(visit, typed, answer))
        return await _page(visit, message_id, blank(), answer.body)

    @router.post("/messages/{message_id}")
    async def told(request: Request, visit: Visiting, message_id: UUID) -> Response:
        typed = await own_form(request, visit, "TellMessage")

        async def shown_again(visit: Visit, sheet: Sheet) -> Response:
            return await _page(visit, message_id, sheet)

        here = f"{PAGE}/{message_id}"
        desk = Desk("intake", f"{DOOR}/{message_id}", here, shown_again)
        return await desk.act(visit, typed, "/telling", **said(typed, "means"))


async def _page(
    visit: Visit, message_id: UUID, sheet: Sheet, opened: Any = None
) -> Response:
    found = await message(visit.running, visit.asking, message_id)
    if found is None:
        raise Problem("not-found")
    values = {
        "row": found.row,
        "number": found.number,
        "sheet": sheet,
        "opened": opened,
        "means": MEANS,
    }
    return page(visit, "message.html", values, sheet.status)
