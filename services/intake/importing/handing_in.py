"""Handing a sheet in: its bytes are sealed first, then the import is noted, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any, Literal
from uuid import UUID

from fastapi import UploadFile

from libs import ids
from libs.sheets.limits import LIMITS
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source, sniff
from libs.web.idempotency import Repeatable
from libs.web.languages import Said as Words
from libs.web.problem_kinds import KINDS
from libs.web.problems import Problem, RuleProblem
from services.intake.importing import jobs
from services.intake.importing.files import Files
from services.intake.importing.jobs import ADD, Job
from services.intake.profiles.profile import Profile
from services.intake.window import Window


@dataclass(frozen=True)
class Asked:
    """Under which profile a sheet is read, and whether anything is recorded.

    `text` and `sample_id` are those of a profile tried on the workbench.
    """

    profile: Profile
    mode: Literal["dry_run", "apply"]
    text: str | None = None
    sample_id: UUID | None = None


async def source_of(file: UploadFile) -> Source:
    """Return an uploaded sheet; raises the 422 of a file that is none."""
    content = await file.read(LIMITS.file_bytes + 1)
    suffix = PurePath(file.filename or "").suffix.lower()[:8]
    source = Source(f"import{suffix}", content)
    try:
        sniff(source)
    except SheetRefused as refusal:
        raise refused(refusal) from None
    return source


def refused(refusal: SheetRefused) -> RuleProblem:
    """Return a refused sheet as the problem that says what to do."""
    words = Words(refusal.zh, refusal.en)
    return RuleProblem(refusal.code, words, KINDS["invalid"])


async def handed_in(
    window: Window, act: Repeatable, source: Source, asked: Asked
) -> Job:
    """Seal the file and note the import; a repeat finds what it noted first."""
    import_id = ids.named("import", act.command_id)
    there = await jobs.find(window.pool, import_id)
    if there is None:
        files = Files(window.running.settings.objects, window.keys)
        note = partial(
            window.pool.fetchval, ADD, import_id, *_row(window, act, source, asked)
        )
        await files.keep(import_id, source.content, note)
        there = await jobs.find(window.pool, import_id)
    if there is None or there.row["request_hmac"] != act.request_hmac:
        raise Problem("key-reused")
    return there


def _row(
    window: Window, act: Repeatable, source: Source, asked: Asked
) -> Sequence[Any]:
    actor = act.actor
    return (
        act.request_hmac,
        asked.profile.name,
        asked.profile.version,
        asked.mode,
        actor.id,
        actor.role,
        actor.unit,
        PurePath(source.name).suffix,
        source.digest,
        len(source.content),
        window.keys.current,
        asked.text,
        asked.sample_id,
    )
