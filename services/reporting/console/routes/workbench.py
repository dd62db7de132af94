"""The workbench: a sheet laid down, its columns mapped by choosing, tried, and saved.

Everything is a form and a page (Post/Redirect/Get); intake keeps the sheet and decides.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web import permissions
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.reporting.console.deed import new_key
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import EMPTY, Typed, checked_form
from services.reporting.console.registers import Sheet, answered, blank, not_taken
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.console.workbench_form import Form, choices_of

PATH = "/console/workbench"
PROFILES = "/v1/import-profiles"
SAMPLES = "/v1/import-samples"
SAMPLE = f"{SAMPLES}/{{sample_id}}"
INVALID, DOWN, GONE = 422, 503, 404
CHANNELS = (
    "paper-ledger", "12345", "platform", "petition", "window", "phone", "letter",
    "patrol", "warning", "cyberspace", "grid",
)  # fmt: skip
FORMATS = (
    "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日",
    "D.M.YYYY", "D/M/YYYY", "M/D/YYYY",
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the list of profiles, the sheet, and what is saved."""
    _desk_routes(router)
    _saving(router)
    _sheet_routes(router)


def _desk_routes(router: APIRouter) -> None:
    @router.get("/workbench")
    async def desk(visit: Visiting) -> Response:
        visit.require("ImportHistory")
        return await _desk(visit, blank())

    @router.post("/workbench")
    async def lay_down(request: Request, visit: Visiting) -> Response:
        visit.require("DraftImportProfile")
        typed = await checked_form(request, visit.session)
        file = typed.files.get("file")
        if file is None or not file.filename:
            return await _desk(visit, not_taken(visit, typed, None))
        kind = file.content_type or "application/octet-stream"
        headers = {"Idempotency-Key": typed.one("key") or new_key()}
        sent = (file.filename, await file.read(), kind)
        answer = await call(
            visit, Call("intake", "POST", SAMPLES, headers=headers, file=sent)
        )
        if not answer.done:
            return await _desk(visit, _answered(visit, typed, answer))
        return see(_address(answer.body["sample_id"], typed.one("start_with")))

    @router.get("/workbench/profiles/{name}.toml")
    async def text(visit: Visiting, name: str, version: int | None = None) -> Response:
        visit.require("ImportHistory")
        if not name.replace("-", "").isalnum():
            raise Problem("not-found")
        query = f"?version={version}" if version else ""
        path = f"{PROFILES}/{name}/profile.toml"
        route = f"{PROFILES}/{{name}}/profile.toml"
        answer = await call(visit, Call("intake", "GET", f"{path}{query}", route))
        if not answer.done:
            raise Problem("not-found")
        disposition = f'attachment; filename="{name}.toml"'
        return Response(
            answer.content,
            media_type="application/toml",
            headers={"Content-Disposition": disposition},
        )


def _saving(router: APIRouter) -> None:
    @router.post("/workbench/drafts")
    async def save(request: Request, visit: Visiting) -> Response:
        visit.require("DraftImportProfile")
        typed = await checked_form(request, visit.session)
        body = {"import_id": typed.one("import_id")}
        return await _sent(visit, typed, f"{PROFILES}/drafts", body)

    @router.post("/workbench/adoption")
    async def adopt(request: Request, visit: Visiting) -> Response:
        visit.require("AdoptImportProfile")
        typed = await checked_form(request, visit.session)
        path = f"{PROFILES}/drafts/{_uuid(typed.one('draft_id'))}/adoption"
        return await _sent(visit, typed, path, {})


def _sheet_routes(router: APIRouter) -> None:
    @router.get("/workbench/{sample_id}")
    async def sheet(request: Request, visit: Visiting, sample_id: UUID) -> Response:
        visit.require("DraftImportProfile")
        names = ("sheet", "header_row", "start_with")
        said = {n: v for n in names if (v := request.query_params.get(n))}
        answer = await _looked(visit, sample_id, said)
        if answer.done:
            return _sheet(visit, answer.body, Form(answer.body["start"]))
        return await _unreadable(visit, sample_id, answer)

    @router.post("/workbench/{sample_id}")
    async def try_it(request: Request, visit: Visiting, sample_id: UUID) -> Response:
        visit.require("DraftImportProfile")
        typed = await checked_form(request, visit.session)
        headers = {"Idempotency-Key": typed.one("key") or new_key()}
        path, route = f"{SAMPLES}/{sample_id}/trials", f"{SAMPLE}/trials"
        asked = Call("intake", "POST", path, route, choices_of(typed), headers)
        answer = await call(visit, asked)
        if answer.done:
            return see(f"/console/imports/{answer.body['import_id']}")
        return await _refused(visit, sample_id, typed, answer)


async def _unreadable(visit: Visit, sample_id: UUID, answer: Called) -> Response:
    """Show the first view, and why the one that was asked for cannot be read."""
    if answer.status != INVALID:
        raise Problem("not-found" if answer.status == GONE else "overloaded")
    first = await _looked(visit, sample_id, {})
    refusals = _why(visit, answer)
    if not first.done:
        return await _desk(visit, _answered(visit, EMPTY, answer))
    form = Form(first.body["start"], refusals=refusals)
    return _sheet(visit, first.body, form, INVALID)


async def _refused(
    visit: Visit, sample_id: UUID, typed: Typed, answer: Called
) -> Response:
    """Show the form again as it was filled in, and what to mend."""
    if answer.status == GONE:
        raise Problem("not-found")
    said = {n: v for n in ("sheet", "header_row") if (v := typed.one(n))}
    seen = await _looked(visit, sample_id, said)
    if not seen.done:
        return await _desk(visit, _answered(visit, typed, answer))
    key = typed.one("key") if answer.status == DOWN else new_key()
    form = Form(seen.body["start"], typed, key or new_key(), _why(visit, answer))
    return _sheet(visit, seen.body, form, answer.status)


def _address(sample_id: object, start_with: str = "") -> str:
    query = f"?{urlencode({'start_with': start_with})}" if start_with else ""
    return f"{PATH}/{sample_id}{query}"


async def _looked(visit: Visit, sample_id: UUID, said: Mapping[str, str]) -> Called:
    query = f"?{urlencode(said)}" if said else ""
    path = f"{SAMPLES}/{sample_id}{query}"
    return await call(visit, Call("intake", "GET", path, SAMPLE))


async def _sent(
    visit: Visit, typed: Typed, path: str, body: dict[str, Any]
) -> Response:
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    route = path if path.endswith("/drafts") else f"{PROFILES}/drafts/{{}}/adoption"
    answer = await call(visit, Call("intake", "POST", path, route, body, headers))
    if answer.done:
        return see(f"{PATH}#drafts")
    return await _desk(visit, _answered(visit, typed, answer))


def _answered(visit: Visit, typed: Typed, answer: Called) -> Sheet:
    refusal = " ".join(_why(visit, answer))
    return replace(answered(visit, typed, answer), refusal=refusal, wrong={})


def _why(visit: Visit, answer: Called) -> tuple[str, ...]:
    """Return what to mend, a sentence each."""
    errors = answer.body.get("errors") or ()
    details = [_detail(visit, one) for one in errors]
    whole = answer.body.get("detail") or visit.words("wrong.service-down")
    return tuple(dict.fromkeys(details or [str(whole)]))


def _detail(visit: Visit, error: Mapping[str, Any]) -> str:
    name = str(error.get("pointer", "")).strip("/").partition("/")[0]
    label = f"workbench.{name.replace('_', '-')}"
    said = str(error["detail"])
    # Our own sentences name their field; those of a form's rules do not.
    plain = str(error.get("code", "")).startswith(
        ("string-", "missing", "date-", "lit")
    )
    return (
        f"{visit.words(label)}：{said}" if plain and visit.words.knows(label) else said
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("not-found") from None


async def _desk(visit: Visit, sheet: Sheet) -> Response:
    profiles = await call(visit, Call("intake", "GET", PROFILES))
    drafts = await call(visit, Call("intake", "GET", f"{PROFILES}/drafts"))
    values = {
        "profiles": profiles.body.get("items", []),
        "drafts": drafts.body.get("items", []),
        "me": str(visit.caller.actor.id),
        "may_adopt": Power.DECIDE in permissions.may(visit.role, "AdoptImportProfile"),
        "start_with": sheet.typed.one("start_with")
        or visit.request.query_params.get("start_with", ""),
        "sheet": sheet,
    }
    return page(visit, "workbench.html", values, sheet.status)


def _sheet(
    visit: Visit, seen: Mapping[str, Any], form: Form, status: int = 200
) -> Response:
    extra = [one for one in form.start.get("formats", ()) if one not in FORMATS]
    values = {
        "seen": seen,
        "form": form,
        "channels": CHANNELS,
        "formats": [*FORMATS, *extra],
        "titles": {o["meaning"]: o["title"][visit.language] for o in seen["meanings"]},
    }
    return page(visit, "workbench_sheet.html", values, status)
