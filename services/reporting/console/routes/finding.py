"""Search: the box on top, and a person by an exact number, with right and reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import new_key
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.registers import Sheet, answered, blank, refused
from services.reporting.console.render import page, see
from services.reporting.console.routes.cases import REASONS
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.search import Hits, of_clues, search

ID_KINDS = (
    "citizen", "hk_macao_permit", "taiwan_permit", "residence_permit", "passport",
)  # fmt: skip
NO_STORE = {"Cache-Control": "no-store"}


def add_routes(router: APIRouter) -> None:
    """Add the search and what it finds."""

    @router.get("/find")
    async def find(visit: Visiting, number: str = "") -> Response:
        visit.require("ReadCases")
        answer = await search(visit.running, visit.asking, number)
        if answer.found.exact is not None:
            return see(f"/console/cases/{answer.found.exact}")
        return _page(visit, answer.found, {"typed": number.strip(), "answer": answer})

    @router.post("/find")
    async def person(request: Request, visit: Visiting) -> Response:
        visit.require("ReadPersonData")
        typed = await checked_form(request, visit.session, kept=False)
        clues = await _clues_of_person(visit, typed)
        sheet = clues if isinstance(clues, Sheet) else blank()
        found_in = clues if isinstance(clues, list) else []
        answer = await of_clues(visit.running, visit.asking, found_in)
        more = {"typed": "", "answer": answer, "sheet": sheet, "person": True}
        found = _page(visit, answer.found, more)
        found.headers.update(NO_STORE)
        return found


def _page(visit: Visit, found: Hits, more: dict[str, Any]) -> Response:
    values: dict[str, Any] = {
        "found": found,
        "sheet": blank(),
        "person": False,
        "kinds": ID_KINDS,
        "reasons": REASONS,
        **more,
    }
    return page(visit, "find.html", values, values["sheet"].status)


async def _clues_of_person(visit: Visit, typed: Typed) -> list[UUID] | Sheet:
    """Ask intake: the question is an event, whatever it finds."""
    # A person's numbers are not said again: a page stays on the screen.
    said = {name: typed.fields.get(name, ()) for name in ("reason", "id_kind", "key")}
    kept = Typed(said, {}, typed.sent_to)
    number, phone = typed.one("id_number").strip(), typed.one("phone").strip()
    reason, kind = typed.one("reason"), typed.one("id_kind")
    if reason not in REASONS or kind not in ID_KINDS:
        return refused(kept, visit.words("wrong.choice"))
    if not number and not phone:
        return refused(kept, visit.words("find.nothing-typed"))
    body: dict[str, Any] = {"reason": reason}
    if number:
        body["id_number"] = {"type": kind, "number": number}
    if phone:
        body["phone"] = phone
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    asked = Call("intake", "POST", "/v1/searches", json=body, headers=headers)
    answer = await call(visit, asked)
    if not answer.done:
        return answered(visit, kept, answer)
    return [UUID(one["clue_id"]) for one in answer.body.get("matches", [])]
