"""Evidence of a case: what is kept, handed in and taken out at enforcement's door."""

from collections.abc import Mapping
from datetime import datetime
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
from services.reporting.console.visit import Visit, Visiting

HAND_IN = "/v1/evidence"
LIST = "/v1/cases/{case_id}/evidence"
ONE = f"{LIST}/{{digest}}"
ORIGINAL = f"{ONE}/handed-in"
SHA256_LENGTH = 64


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
        return await _given(visit, case_id, digest, ONE)

    @router.get("/evidence/{case_id}/{digest}/handed-in", response_class=Response)
    async def handed_in(visit: Visiting, case_id: UUID, digest: str) -> Response:
        visit.require("ReadEvidenceAsHandedIn")
        return await _given(visit, case_id, digest, ORIGINAL)


async def _given(visit: Visit, case_id: UUID, digest: str, route: str) -> Response:
    if len(digest) != SHA256_LENGTH or not digest.isalnum():
        raise Problem("not-found")
    path = route.format(case_id=case_id, digest=digest)
    answer = await call(visit, Call("enforcement", "GET", path, route))
    if not answer.done:
        raise Problem("not-found")
    name = f"evidence-{digest[:12]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    octets = "application/octet-stream"
    return Response(answer.content, headers=headers, media_type=octets)


async def _page(visit: Visit, case_id: UUID, sheet: Sheet) -> Response:
    path = LIST.format(case_id=case_id)
    listed = await call(visit, Call("enforcement", "GET", path, LIST))
    if listed.status in {403, 404}:
        raise Problem("not-found")
    values: dict[str, Any] = {
        "case_id": case_id,
        "pieces": [_dated(one) for one in listed.body.get("items", [])],
        "opens": listed.body.get("open", False),
        "originals": Power.VIEW in may(visit.role, "ReadEvidenceAsHandedIn"),
        "down": not listed.done,
        "kinds": PROOFS,
        "adds": Power.DECIDE in may(visit.role, "AddEvidence"),
        "sheet": sheet,
    }
    return page(visit, "evidence.html", values, sheet.status)


def _dated(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "added_at": datetime.fromisoformat(one["added_at"])}


async def _handed_in(visit: Visit, case_id: UUID, typed: Typed) -> Called | None:
    file = typed.files.get("file")
    if file is None or not file.filename:
        return None
    form = {"case_id": str(case_id), "kind": typed.one("kind")}
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    sent = ("evidence", await file.read(), "application/octet-stream")
    asked = Call("enforcement", "POST", HAND_IN, headers=headers, form=form, file=sent)
    return await call(visit, asked)
