"""Samples: sheets laid on the workbench, each sealed, for its unit alone."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from uuid import UUID

from libs import ids
from libs.events.decider import NotVisible
from libs.events.event import Actor
from libs.sealing import Unreadable
from libs.sheets.source import Source
from libs.web.idempotency import Repeatable
from libs.web.problems import Problem
from services.intake.importing.files import FileGone, Files
from services.intake.window import Window

ADD = """
INSERT INTO imports.sample (sample_id, request_hmac, actor_id, unit, suffix,
    file_sha256, key_id, wrapped_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sample_id) DO NOTHING
RETURNING true"""
FIND = "SELECT * FROM imports.sample WHERE sample_id = $1"


@dataclass(frozen=True)
class Sample:
    """A sheet that lies on the workbench."""

    sample_id: UUID
    source: Source


async def laid_down(window: Window, act: Repeatable, source: Source) -> Sample:
    """Seal the file and note the sample; a repeat finds what it noted first."""
    sample_id = ids.named("import-sample", act.command_id)
    there = await window.pool.fetchrow(FIND, sample_id)
    if there is None:
        row = (
            sample_id,
            act.request_hmac,
            act.actor.id,
            act.actor.unit,
            PurePath(source.name).suffix,
            source.digest,
            window.keys.current,
        )
        note = partial(window.pool.fetchval, ADD, *row)
        await _files(window).keep(sample_id, source.content, note)
        there = await window.pool.fetchrow(FIND, sample_id)
    if there is None or there["request_hmac"] != act.request_hmac:
        raise Problem("key-reused")
    return Sample(sample_id, source)


async def sample_of(window: Window, sample_id: UUID, actor: Actor) -> Sample:
    """Return a sample of the actor's own unit; raises NotVisible, also when gone."""
    row = await window.pool.fetchrow(FIND, sample_id)
    if row is None or row["unit"] != actor.unit:
        raise NotVisible
    try:
        content = await asyncio.to_thread(
            _files(window).read, sample_id, row["key_id"], row["wrapped_key"]
        )
    except (FileGone, Unreadable):
        raise NotVisible from None
    return Sample(sample_id, Source(f"import{row['suffix']}", content))


def _files(window: Window) -> Files:
    return Files(window.running.settings.objects, window.keys)
