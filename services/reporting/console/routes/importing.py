"""Imports: an agency's sheet handed in at intake's door, and what came of it."""

import asyncio
from time import monotonic
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.deed import new_key
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.registers import Sheet, blank, not_taken
from services.reporting.console.render import page, see
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting

IMPORTS = "/v1/imports"
ONE = f"{IMPORTS}/{{import_id}}"
PROFILES = "/v1/import-profiles"
PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 0.25
GOING = frozenset({"waiting", "running"})
OUTCOMES = ("SUCCESS", "ERROR", "DUPLICATE", "SKIPPED")


def add_routes(router: APIRouter) -> None:
    """Add the upload, the result and the error workbook."""

    @router.get("/imports")
    async def imports(visit: Visiting) -> Response:
        visit.require("ImportHistory")
        return await _desk(visit, blank())

    @router.post("/imports")
    async def hand_in(request: Request, visit: Visiting) -> Response:
        visit.require("ImportHistory")
        typed = await checked_form(request, visit.session)
        answer = await _handed_in(visit, typed)
        if answer is not None and answer.done:
            return see(f"/console/imports/{answer.body['import_id']}")
        return await _desk(visit, not_taken(visit, typed, answer))

    _result(router)
    _sheets(router)


def _result(router: APIRouter) -> None:
    @router.get("/imports/{import_id}")
    async def result(visit: Visiting, import_id: UUID) -> Response:
        visit.require("ImportHistory")
        found = await _followed(visit, import_id)
        cursor = visit.request.query_params.get("cursor", "")
        query = f"?cursor={cursor}" if cursor.isascii() and cursor else ""
        path = f"{ONE.format(import_id=import_id)}/findings"
        findings = await call(
            visit, Call("intake", "GET", f"{path}{query}", f"{ONE}/findings")
        )
        values = {
            "one": found.body,
            "findings": findings.body if findings.done else {},
            "going": found.body.get("state") in GOING,
            "outcomes": OUTCOMES,
        }
        return page(visit, "import.html", values)


def _sheets(router: APIRouter) -> None:
    @router.get("/imports/{import_id}/errors.xlsx", response_class=Xlsx)
    async def errors(visit: Visiting, import_id: UUID) -> Response:
        visit.require("ImportHistory")
        path = f"{ONE.format(import_id=import_id)}/errors.xlsx"
        return _file(
            await call(visit, Call("intake", "GET", path, f"{ONE}/errors.xlsx")),
            f"errors-{import_id}.xlsx",
        )

    @router.get("/imports/templates/{name}.xlsx", response_class=Xlsx)
    async def template(visit: Visiting, name: str) -> Response:
        visit.require("ImportHistory")
        if not name.replace("-", "").isalnum():
            raise Problem("not-found")
        path = f"{PROFILES}/{name}/template.xlsx"
        return _file(await call(visit, Call("intake", "GET", path)), f"{name}.xlsx")


def _file(answer: Called, name: str) -> Response:
    if not answer.done:
        raise Problem("not-found")
    disposition = f'attachment; filename="{name}"'
    return Xlsx(answer.content, headers={"Content-Disposition": disposition})


async def _desk(visit: Visit, sheet: Sheet) -> Response:
    profiles = await call(visit, Call("intake", "GET", PROFILES))
    recent = await call(visit, Call("intake", "GET", IMPORTS))
    values = {
        "profiles": profiles.body.get("items", []),
        "recent": recent.body.get("items", []),
        "down": not profiles.done,
        "sheet": sheet,
    }
    return page(visit, "imports.html", values, sheet.status)


async def _handed_in(visit: Visit, typed: Typed) -> Called | None:
    file = typed.files.get("file")
    if file is None or not file.filename:
        return None
    content = await file.read()
    mode = "apply" if typed.one("mode") == "apply" else "dry_run"
    form = {"profile": typed.one("profile"), "mode": mode}
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    sent = (file.filename, content, file.content_type or "application/octet-stream")
    asked = Call("intake", "POST", IMPORTS, headers=headers, form=form, file=sent)
    return await call(visit, asked)


async def _followed(visit: Visit, import_id: UUID) -> Called:
    """Wait a little for an import to end, so that a small one shows at once."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        path = ONE.format(import_id=import_id)
        found = await call(visit, Call("intake", "GET", path, ONE))
        if not found.done:
            raise Problem("not-found" if found.status == 404 else "overloaded")  # noqa: PLR2004 -- the status
        if found.body.get("state") not in GOING or monotonic() > until:
            return found
        await asyncio.sleep(LOOK_SECONDS)
