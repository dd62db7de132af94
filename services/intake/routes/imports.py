"""Routes of imports: hand a file in, follow it, read what was found, take it back."""

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.cursor import listing, next_link
from libs.web.idempotency import Creation
from libs.web.languages import Said as Words
from libs.web.problems import FieldError, More, Problem
from services.intake.importing import jobs
from services.intake.importing.handing_in import Asked, handed_in, source_of
from services.intake.importing.jobs import RECENT, Job, job_of
from services.intake.importing.runner import Runner
from services.intake.importing.shelf import Shelf, shelf
from services.intake.profiles.error_workbook import write_error_workbook
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import CellFinding, Outcome, RowResult
from services.intake.profiles.shelf import ProfileUnknown
from services.intake.routes.workbooks import SEEING, workbook_answer
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
    """An import: how far it is, what it came to, or why it was refused.

    `sample_id`: the sheet of the workbench that a profile not in force was tried on;
    `profile_text`: that profile's TOML.
    """

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
    registers: Literal["history", "live", "nothing"] | None
    sample_id: UUID | None
    profile_text: str | None
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
        at_hand = await shelf(window)
        found = _known_profile(at_hand, profile)
        if found.registers == "live":
            permissions.require(caller, "RegisterComplaint")
        source = await source_of(file)
        job = await handed_in(window, act, source, Asked(found, mode))
        runner.wake.set()
        return under_way(at_hand, job)


def _following(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/imports")
    async def recent(caller: OfficerCaller) -> list[Import]:
        """Return the latest fifty imports of the caller's unit."""
        permissions.require(caller, "ImportHistory", SEEING)
        unit = None if caller.actor.role in SEES_ALL else caller.actor.unit
        rows = await window.pool.fetch(RECENT, unit)
        found = await shelf(window)
        return [_import(found, job_of(row), with_report=False) for row in rows]

    @routes.get("/v1/imports/{import_id}")
    async def one(import_id: UUID, caller: OfficerCaller) -> Import:
        """Return an import: its progress, then its report."""
        job = await visible(window, import_id, caller)
        return _import(await shelf(window), job)


def _found(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/imports/{import_id}/findings", response_model=Findings)
    async def findings(
        import_id: UUID,
        caller: OfficerCaller,
        request: Request,
        page: Annotated[Page, Query()],
    ) -> JSONResponse:
        """Return what was found in the cells, a page at a time."""
        await visible(window, import_id, caller)
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
        await visible(window, import_id, caller)
        rows = await window.pool.fetch(FINDINGS, import_id, None, 0, -1, MOST)
        results = [_result(row) for row in rows]
        content = await asyncio.to_thread(write_error_workbook, results)
        return workbook_answer(content, f"errors-{import_id}.xlsx")


def _known_profile(found: Shelf, name: str) -> Profile:
    try:
        return found.profile(name)
    except ProfileUnknown as unknown:
        names = "、".join(unknown.names)
        words = Words(f"没有这个模板；可用：{names}。", f"Use one of: {names}.")
        error = FieldError("pointer", "/profile", "profile-unknown", words)
        raise Problem("invalid", more=More([error])) from None


async def visible(window: Window, import_id: UUID, caller: SignedIn) -> Job:
    """Return an import that the caller's unit may see; raises NotVisible."""
    permissions.require(caller, "ImportHistory", SEEING)
    job = await jobs.find(window.pool, import_id)
    actor = caller.actor
    if job is None or (job.actor.unit != actor.unit and actor.role not in SEES_ALL):
        raise NotVisible
    return job


def under_way(found: Shelf, job: Job) -> JSONResponse:
    """Answer that an import was taken in, and where it is followed."""
    location = f"/v1/imports/{job.import_id}"
    said = _import(found, job).model_dump(mode="json")
    return JSONResponse(said, 202, {"Location": location})


def _import(found: Shelf, job: Job, *, with_report: bool = True) -> Import:
    row, place = job.row, f"/v1/imports/{job.import_id}"
    profile = _read_by(found, job)
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
        live_channel=_live_channel(profile),
        registers=profile.registers if profile else None,
        sample_id=row["sample_id"],
        profile_text=job.profile_text if with_report else None,
        findings_url=f"{place}/findings",
        error_workbook_url=f"{place}/errors.xlsx",
    )


def _live_channel(profile: Profile | None) -> str | None:
    """Return the channel whose live clues the rows became; None: rows are none."""
    live = profile is not None and profile.registers == "live"
    return profile.channel if live and profile else None


def _read_by(found: Shelf, job: Job) -> Profile | None:
    """Return the profile by which it was read; None: it was withdrawn."""
    try:
        return found.of_job(job)
    except ProfileUnknown:
        return None


def _json(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)


def _finding(row: asyncpg.Record) -> CellFinding:
    value = row["rounded"] or ""
    return CellFinding(row["sheet"], row["row"], row["col"], "", row["code"], value)


def _result(row: asyncpg.Record) -> RowResult:
    outcome = Outcome(row["outcome"])
    return RowResult(outcome, row["sheet"], row["row"], findings=(_finding(row),))
