"""Reading a file's rows off the loop, a batch at a time, under its profile."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from itertools import islice

from libs.sheets.source import Source
from services.intake.importing.jobs import Job
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import RowResult
from services.intake.profiles.rows import SheetFile, open_sheets, read_rows

# Small, so that live acts are not kept waiting while a batch is parsed.
BATCH = 200


async def opened(profile: Profile, job: Job, content: bytes) -> SheetFile:
    """Open the file under its profile; raises SheetRefused."""
    source = Source(f"import{job.suffix}", content)
    return await asyncio.to_thread(open_sheets, profile, source)


def rows_in(file: SheetFile) -> int:
    """Return how many rows stand below the headers, as the first pass counted."""
    return sum(max(layout.sheet.survey.rows - 1, 0) for layout in file.layouts)


async def batches(
    file: SheetFile, secret: bytes
) -> AsyncGenerator[list[RowResult], None]:
    """Yield the rows' results in the order of the file; one batch is read ahead."""
    results = read_rows(file, secret)
    ahead = _begun(results)
    try:
        while batch := await ahead:
            ahead = _begun(results)
            yield batch
    finally:
        await ahead


def _begun(results: Iterator[RowResult]) -> asyncio.Future[list[RowResult]]:
    return asyncio.ensure_future(asyncio.to_thread(_next, results))


def _next(results: Iterator[RowResult]) -> list[RowResult]:
    return list(islice(results, BATCH))
