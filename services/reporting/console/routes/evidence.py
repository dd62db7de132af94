"""Evidence of a case: what is kept, handed in and taken out at enforcement's door."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.permissions import Power, may
from libs.web.problems import Problem
from services.reporting.console.acts import PROOFS
from services.reporting.console.deed import new_key
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Sheet, blank, not_taken
from services.reporting.console.render import page, see
from services.reporting.console.taken_out import taken_out
from services.reporting.console.visit import Visit, Visiting

HAND_IN = "/v1/evidence"
LIST = "/v1/cases/{case_id}/evidence"
ONE = f"{LIST}/{{digest}}"
ORIGINAL = f"{ONE}/handed-in"


def add_routes(router: APIRouter) -> None:
    """Add the list, the form and the download."""

    @router.get("/evidence/{case_id}")
    async def evidence(visit: Visiting, case_id: UUID) -> Response:
        visit.require("ReadEvidence")
        return await _page(visit, case_id, blank())

    @router.post("/evidence/{case_id}")
    async def hand_in(request: Request, visit: Visiting, case_id: UUID) -> Response:
        typed = await own_form(request, visit, "AddEvidence")
        answer = await _handed_in(visit, case_id, typed)
        if answer is not None and answer.done:
            return see(f"/console/evidence/{case_id}")
        return await _page(visit, case_id, not_taken(visit, typed, answer))

    @router.get("/evidence/{case_id}/{digest}", response_class=Response)
    async def one(visit: Visiting, case_id: UUID, digest: str) -> Response:
        visit.require("ReadEvidence")
        place = {"case_id": str(case_id), "digest": digest}
        return await taken_out(visit, ("enforcement", ONE), place, "evidence")

    @router.get("/evidence/{case_id}/{digest}/handed-in", response_class=Response)
    async def handed_in(visit: Visiting, case_id: UUID, digest: str) -> Response:
        visit.require("ReadEvidenceAsHandedIn")
        place = {"case_id": str(case_id), "digest": digest}
        return await taken_out(visit, ("enforcement", ORIGINAL), place, "evidence")


async def _page(visit: Visit, case_id: UUID, sheet: Sheet) -> Response:
    path = LIST.format(case_id=case_id)
    listed = await call(visit, Call("enforcement", "GET", path, LIST))
    if listed.status in {403, 404}:
        raise Problem("not-found")
    values: dict[str, Any] = {
        "case_id": case_id,
        "pieces": listed.body.get("items", []),
        "opens": listed.body.get("open", False),
        "originals": Power.VIEW in may(visit.role, "ReadEvidenceAsHandedIn"),
        "down": not listed.done,
        "kinds": PROOFS,
        "adds": Power.DECIDE in may(visit.role, "AddEvidence"),
        "sheet": sheet,
    }
    return page(visit, "evidence.html", values, sheet.status)


async def _handed_in(visit: Visit, case_id: UUID, typed: Typed) -> Called | None:
    file = typed.files.get("file")
    if file is None or not file.filename:
        return None
    form = {"case_id": str(case_id), "kind": typed.one("kind")}
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    sent = ("evidence", await file.read(), "application/octet-stream")
    asked = Call("enforcement", "POST", HAND_IN, headers=headers, form=form, file=sent)
    return await call(visit, asked)
