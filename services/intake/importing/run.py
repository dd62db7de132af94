"""One import from its file to its report; begun again, it goes on where it was."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import structlog

from libs.events.command import Command, Stamp
from libs.events.event import Source
from libs.events.perform import Done
from libs.sealing import Unreadable
from libs.sheets.refusal import SheetRefused
from services.intake.history import FinishImport, OpenImport
from services.intake.importing import jobs
from services.intake.importing.facts import Batch
from services.intake.importing.files import FileGone, Files
from services.intake.importing.jobs import STARTED, Job
from services.intake.importing.live import Registering
from services.intake.importing.reading import batches, opened, rows_in
from services.intake.importing.recognising import Recognising
from services.intake.importing.recording import Recording
from services.intake.importing.shelf import shelf
from services.intake.profiles.report import ImportReport
from services.intake.profiles.result import CellFinding, Outcome, RowResult
from services.intake.profiles.rows import SheetFile
from services.intake.profiles.shelf import ProfileUnknown
from services.intake.profiles.totals import FileTotals
from services.intake.window import Window

PAUSE = 0.05
"""Seconds between two looks at a closed door."""

KEPT_FINDINGS = 100
"""So many stand in the report itself; all of them on the findings' pages."""

log = structlog.get_logger()


Taking = Recording | Registering | Recognising
"""What takes the rows in: as history, as live clues, or not at all."""


class Interrupted(Exception):
    """The process ends: the import goes on at the next start."""


@dataclass
class Tally:
    """What the rows came to so far: as they ended, and as they were read."""

    currency: str
    ended: FileTotals = field(init=False)
    read: FileTotals = field(init=False)
    findings: list[CellFinding] = field(default_factory=list)
    rows: int = 0

    def __post_init__(self) -> None:
        """Begin at nothing."""
        self.ended, self.read = FileTotals(self.currency), FileTotals(self.currency)

    def add(self, read: Sequence[RowResult], ended: Sequence[RowResult]) -> None:
        """Add a batch."""
        for before, after in zip(read, ended, strict=True):
            self.read.add(before)
            self.ended.add(after)
            room = KEPT_FINDINGS - len(self.findings)
            self.findings += after.findings[: max(room, 0)]
        self.rows += len(ended)

    @property
    def counts(self) -> dict[str, int]:
        """Return the rows by result."""
        outcomes: Counter[Outcome] = self.ended.all.outcomes
        return {end.value.lower(): outcomes[end] for end in Outcome}


async def run_import(window: Window, job: Job) -> None:
    """Run an import to its end: done, or refused in one sentence.

    Raises Interrupted when the process is told to end.
    """
    try:
        file = await _opened(window, job)
    except SheetRefused as refusal:
        words = {"zh": refusal.zh, "en": refusal.en}
        said = {"code": refusal.code, "message": words}
        await jobs.end(window.pool, job.import_id, None, said)
        return
    except (ProfileUnknown, FileGone, Unreadable):
        await jobs.end(window.pool, job.import_id, None, GONE)
        return
    await window.pool.execute(STARTED, job.import_id, rows_in(file))
    tally = Tally(file.profile.money.currency)
    await _rows(window, job, file, tally)
    if job.mode == "apply":
        await _do(window, job, FinishImport(import_id=job.import_id, **tally.counts))
    await jobs.end(window.pool, job.import_id, _report(job, file, tally))
    log.info("import_ended", import_id=str(job.import_id), **tally.counts)


GONE: dict[str, Any] = {
    "code": "file-gone",
    "message": {
        "zh": "文件已销毁或模板已撤下；请重新上传。",
        "en": "The file was destroyed or its profile withdrawn: hand it in again.",
    },
}


async def _opened(window: Window, job: Job) -> SheetFile:
    files = Files(window.running.settings.objects, window.keys)
    content = await asyncio.to_thread(
        files.read, job.import_id, job.key_id, job.wrapped_key
    )
    return await opened((await shelf(window)).of_job(job), job, content)


async def _taking(window: Window, job: Job, file: SheetFile) -> Taking:
    begun = None if job.mode == "dry_run" else await _open(window, job, file)
    match file.profile.registers:
        case "history":
            return Recording(window, job, _batch(job, file), begun)
        case "live":
            return Registering(window, job, file, begun)
        case "nothing":
            return Recognising(window.pool)


def _batch(job: Job, file: SheetFile) -> Batch:
    return Batch(
        import_id=job.import_id,
        profile=job.profile,
        profile_version=file.profile.version,
        channel=file.profile.channel,
        unit=job.actor.unit,
    )


async def _open(window: Window, job: Job, file: SheetFile) -> UUID:
    command = OpenImport(
        import_id=job.import_id,
        profile=job.profile,
        profile_version=file.profile.version,
        file_sha256=job.file_sha256,
        unit=job.actor.unit,
    )
    done = await _do(window, job, command)
    return done.events[0].id


async def _rows(window: Window, job: Job, file: SheetFile, tally: Tally) -> None:
    taking = await _taking(window, job, file)
    async with aclosing(batches(file, window.keys.digests)) as read:
        async for batch in read:
            await _may_go_on(window)
            step = taking.record if job.mode == "apply" else taking.judged
            ended = await step(batch)
            first = tally.rows + 1
            tally.add(batch, ended)
            async with window.pool.acquire() as connection:
                await jobs.save_step(
                    connection, job.import_id, first, ended, tally.counts
                )


async def _may_go_on(window: Window) -> None:
    """Wait while the door is closed (the clock moves); raise when the end begins."""
    closing, door = window.running.closing, window.running.door
    while door.closed and not closing.begun:
        await closing.unless(asyncio.sleep(PAUSE))
    if closing.begun:
        raise Interrupted


async def _do(window: Window, job: Job, command: Command) -> Done:
    at: datetime = await window.desk.now()
    name = type(command).__name__
    command_id: UUID = uuid5(job.import_id, name)
    stamp = Stamp(
        command_id=command_id,
        request_hmac=sha256(command_id.bytes).digest(),
        actor=job.actor,
        at=at,
        source=Source.IMPORT,
        correlation_id=job.import_id,
    )
    return await window.desk.do(command, stamp)


def _report(job: Job, file: SheetFile, tally: Tally) -> dict[str, Any]:
    report = ImportReport(
        profile=job.profile,
        profile_version=file.profile.version,
        file_sha256=job.file_sha256,
        mode=job.mode,
        ignored_sheets=file.ignored_sheets,
        unmapped_columns=tuple(
            (layout.sheet.name, header)
            for layout in file.layouts
            for header in layout.unmapped
        ),
        totals=tally.ended,
        findings=tuple(_bare(finding) for finding in tally.findings),
    )
    read = {
        "totals": tally.read.all.to_json(),
        "sheets": {name: one.to_json() for name, one in tally.read.sheets.items()},
    }
    return {**report.to_json(), "as_read": read}


def _bare(finding: CellFinding) -> CellFinding:
    """Return a finding without the cell's value, unless a number was rounded."""
    shown = jobs.rounded(finding.code, finding.value) or ""
    return CellFinding(
        finding.sheet, finding.row, finding.column, finding.header, finding.code, shown
    )
