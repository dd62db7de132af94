"""Routes of imports: hand a file in, follow it, read what was found, take it back."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from libs import ids
from libs.events.decider import NotVisible
from libs.sheets.limits import LIMITS
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source, sniff
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.cursor import listing, next_link
from libs.web.idempotency import Creation, Repeatable
from libs.web.languages import Said as Words
from libs.web.problem_kinds import KINDS
from libs.web.problems import FieldError, More, Problem, RuleProblem
from services.intake.importing import jobs
from services.intake.importing.files import Files
from services.intake.importing.jobs import ADD, RECENT, Job, job_of
from services.intake.importing.runner import Runner
from services.intake.profiles.error_workbook import write_error_workbook
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import CellFinding, Outcome, RowResult
from services.intake.profiles.shelf import ProfileUnknown, profile
from services.intake.routes.profiles import SEEING, workbook_answer
from services.intake.window import Window

SEES_ALL = frozenset({"leading-group", "auditor"})
FINDINGS = """
SELECT f.*, r.outcome FROM imports.finding f JOIN imports.row r USING (import_id, n)
WHERE import_id = $1 AND ($2::text IS NULL OR f.code = $2)
AND (f.n, f.line) > ($3, $4)
ORDER BY f.n, f.line LIMIT $5
"""
MOST = 200_000


class Import(BaseModel):
    """An import: how far it is, what it came to, or why it was refused."""

    import_id: UUID
    profile: str
    profile_version: int
    mode: Literal["dry_run", "apply"]
    unit: str
    state: Literal["waiting", "running", "done", "refused"]
    rows_done: int
    rows_total: int | None
    counts: dict[str, int]
    refused: dict[str, Any] | None
    report: dict[str, Any] | None
    file_sha256: str
    asked_at: datetime
    finished_at: datetime | None
    live_channel: str | None
    findings_url: str
    error_workbook_url: str


class Page(BaseModel):
    """Which findings, and from where on."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    code: Annotated[str | None, Field(max_length=64)] = None
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Findings(BaseModel):
    """A page of findings."""

    findings: list[dict[str, Any]]
    next: str | None


def router(window: Window, runner: Runner) -> APIRouter:
    """Return the routes of imports."""
    routes = APIRouter()
    _handing_in(routes, window, runner)
    _following(routes, window)
    _found(routes, window)
    return routes


def _handing_in(routes: APIRouter, window: Window, runner: Runner) -> None:
    @routes.post("/v1/imports", status_code=202, response_model=Import)
    async def hand_in(
        profile: Annotated[str, Form(max_length=64)],
        file: UploadFile,
        caller: OfficerCaller,
        act: Creation,
        mode: Annotated[Literal["dry_run", "apply"], Form()] = "apply",
    ) -> JSONResponse:
        """Take an agency's sheet in; it is read in the background."""
        permissions.require(caller, "ImportHistory")
        found = _known_profile(profile)
        if found.registers == "live":
            permissions.require(caller, "RegisterComplaint")
        source = await _source(file)
        job = await _kept(window, act, source, (found, mode))
        runner.wake.set()
        location = f"/v1/imports/{job.import_id}"
        said = _shown(job)
        return JSONResponse(said, 202, {"Location": location})


def _following(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/imports")
    async def recent(caller: OfficerCaller) -> list[Import]:
        """Return the latest fifty imports of the caller's unit."""
        permissions.require(caller, "ImportHistory", SEEING)
        unit = None if caller.actor.role in SEES_ALL else caller.actor.unit
        rows = await window.pool.fetch(RECENT, unit)
        return [_import(job_of(row), with_report=False) for row in rows]

    @routes.get("/v1/imports/{import_id}")
    async def one(import_id: UUID, caller: OfficerCaller) -> Import:
        """Return an import: its progress, then its report."""
        return _import(await _visible(window, import_id, caller))


def _found(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/imports/{import_id}/findings", response_model=Findings)
    async def findings(
        import_id: UUID,
        caller: OfficerCaller,
        request: Request,
        page: Annotated[Page, Query()],
    ) -> JSONResponse:
        """Return what was found in the cells, a page at a time."""
        await _visible(window, import_id, caller)
        listed = listing(request.url.path, {"code": page.code})
        cursors = request.app.state.cursors
        mark = cursors.unseal(listed, page.cursor) if page.cursor else (0, -1)
        rows = await window.pool.fetch(
            FINDINGS, import_id, page.code, *mark, page.limit
        )
        following = None
        if len(rows) == page.limit:
            following = cursors.seal(listed, [rows[-1]["n"], rows[-1]["line"]])
        said = [{**_finding(row).to_json(), "outcome": row["outcome"]} for row in rows]
        headers = {"Link": next_link(request, following)} if following else {}
        return JSONResponse({"findings": said, "next": following}, headers=headers)

    @routes.get("/v1/imports/{import_id}/errors.xlsx", response_class=Response)
    async def workbook(import_id: UUID, caller: OfficerCaller) -> Response:
        """Return the findings as a workbook for the office that sent the sheet."""
        await _visible(window, import_id, caller)
        rows = await window.pool.fetch(FINDINGS, import_id, None, 0, -1, MOST)
        results = [_result(row) for row in rows]
        content = await asyncio.to_thread(write_error_workbook, results)
        return workbook_answer(content, f"errors-{import_id}.xlsx")


def _known_profile(name: str) -> Profile:
    try:
        return profile(name)
    except ProfileUnknown as unknown:
        names = "、".join(unknown.names)
        words = Words(f"没有这个模板；可用：{names}。", f"Use one of: {names}.")
        error = FieldError("pointer", "/profile", "profile-unknown", words)
        raise Problem("invalid", more=More([error])) from None


async def _source(file: UploadFile) -> Source:
    content = await file.read(LIMITS.file_bytes + 1)
    suffix = PurePath(file.filename or "").suffix.lower()[:8]
    source = Source(f"import{suffix}", content)
    try:
        sniff(source)
    except SheetRefused as refusal:
        words = Words(refusal.zh, refusal.en)
        raise RuleProblem(refusal.code, words, KINDS["invalid"]) from None
    return source


async def _kept(
    window: Window, act: Repeatable, source: Source, asked: tuple[Profile, str]
) -> Job:
    """Seal the file and note the import; a repeat finds what it noted first."""
    import_id = ids.named("import", act.command_id)
    there = await jobs.find(window.pool, import_id)
    if there is None:
        files = Files(window.running.settings.objects, window.keys)
        wrapped = await asyncio.to_thread(files.keep, import_id, source.content)
        await window.pool.execute(ADD, *_row(window, act, source, asked), wrapped)
        there = await jobs.find(window.pool, import_id)
    if there is None or there.row["request_hmac"] != act.request_hmac:
        raise Problem("key-reused")
    return there


def _row(
    window: Window, act: Repeatable, source: Source, asked: tuple[Profile, str]
) -> Sequence[Any]:
    found, mode = asked
    actor = act.actor
    return (
        ids.named("import", act.command_id),
        act.request_hmac,
        found.name,
        found.version,
        mode,
        actor.id,
        actor.role,
        actor.unit,
        PurePath(source.name).suffix,
        source.digest,
        len(source.content),
        window.keys.current,
    )


async def _visible(window: Window, import_id: UUID, caller: SignedIn) -> Job:
    permissions.require(caller, "ImportHistory", SEEING)
    job = await jobs.find(window.pool, import_id)
    actor = caller.actor
    if job is None or (job.actor.unit != actor.unit and actor.role not in SEES_ALL):
        raise NotVisible
    return job


def _import(job: Job, *, with_report: bool = True) -> Import:
    row, place = job.row, f"/v1/imports/{job.import_id}"
    return Import(
        import_id=job.import_id,
        profile=job.profile,
        profile_version=job.profile_version,
        mode=job.mode,
        unit=job.actor.unit,
        state=row["state"],
        rows_done=row["rows_done"],
        rows_total=row["rows_total"],
        counts=json.loads(row["counts"]),
        refused=_json(row["refusal"]),
        report=_json(row["report"]) if with_report else None,
        file_sha256=job.file_sha256,
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
        live_channel=_live_channel(job),
        findings_url=f"{place}/findings",
        error_workbook_url=f"{place}/errors.xlsx",
    )


def _live_channel(job: Job) -> str | None:
    """Return the channel whose live clues the rows became; None: rows are history."""
    try:
        found = profile(job.profile)
    except ProfileUnknown:
        return None
    return found.channel if found.registers == "live" else None


def _shown(job: Job) -> dict[str, Any]:
    return _import(job).model_dump(mode="json")


def _json(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)


def _finding(row: asyncpg.Record) -> CellFinding:
    value = row["rounded"] or ""
    return CellFinding(row["sheet"], row["row"], row["col"], "", row["code"], value)


def _result(row: asyncpg.Record) -> RowResult:
    outcome = Outcome(row["outcome"])
    return RowResult(outcome, row["sheet"], row["row"], findings=(_finding(row),))
