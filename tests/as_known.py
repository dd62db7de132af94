"""Every address that can be asked as known at a time, and what two readers answer.

One has read until that time and lives then; the other has read on and lives later. An
answer as known at that time is the same from both, or it was never final.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import product
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import httpx

from libs.calendar import day_of
from libs.events.event import Actor, Recorded
from services.reporting.figures.indicators import INDICATORS
from services.reporting.reading.asking import Asking
from services.reporting.reading.board import board
from tests.answer_parts import differing, parts_of
from tests.console_scene import Console, console_scene
from tests.stack import FreshDatabases

READERS = ("au-01", "lg-01")
WEEKS = range(1, 15)
EACH = 25
"""How many of a thing's ids are asked for, spread over all."""
AUDITOR = Actor(UUID(int=1), "auditor", "AU")
Said = tuple[int, dict[str, str]]
"""An answer's status and its parts."""
CLOCK = """
CREATE OR REPLACE FUNCTION journal.now() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT '{at}'::timestamptz $$"""
ALSO = {
    "/v1/ledger": ("overdue=true", "unpaid=true", "group=true", "unit=LI&state=open"),
    "/v1/figures/{indicator}/facts": ("week=5", "week=6&unit=LI&column=total"),
}
"""Questions to ask at an address beside the one without any."""
IDS = {
    "case_id": "SELECT case_id FROM case_file ORDER BY 1",
    "deadline_id": "SELECT deadline_id FROM deadline ORDER BY 1",
    "employer_id": "SELECT employer_id FROM risk ORDER BY 1",
    "version": "SELECT DISTINCT calendar_version FROM deadline ORDER BY 1",
}


@asynccontextmanager
async def reader_of(
    databases: FreshDatabases, events: Sequence[Recorded], at: datetime
) -> AsyncIterator[Console]:
    """Give a console that has read these events, and whose clock says `at`."""
    async with console_scene(databases, events) as console:
        await console.pool.execute(CLOCK.format(at=at.isoformat()))
        console.running.last_now = at
        console.running.today = lambda: day_of(at)
        console.watermarks.complete = at
        yield console


def timed(console: Console) -> Mapping[str, Mapping[str, Any]]:
    """Return each address with a time to be known at, and its own parameters."""
    found = {}
    for path, acts in console.app.openapi()["paths"].items():
        asked = {one["name"]: one for one in acts.get("get", {}).get("parameters", ())}
        if "as_of" in asked:
            found[path] = {n: one for n, one in asked.items() if one["in"] == "path"}
    return found


async def addresses(console: Console) -> list[str]:
    """Return those addresses with their parameters filled from what was read."""
    values: dict[str, Sequence[Any]] = {"week": WEEKS}
    values["indicator"] = [one.id for one in INDICATORS]
    for name, statement in IDS.items():
        values[name] = _spread(await console.pool.fetch(statement))
    return [
        filled
        for path, parameters in timed(console).items()
        for filled in _filled(path, parameters, values)
    ]


def _spread(rows: Sequence[asyncpg.Record]) -> list[Any]:
    return [row[0] for row in rows[:: max(1, len(rows) // EACH)]]


def _filled(
    path: str, parameters: Mapping[str, Any], values: Mapping[str, Sequence[Any]]
) -> Iterator[str]:
    every = [
        parameters[name]["schema"].get("enum") or values[name] for name in parameters
    ]
    for chosen in product(*every):
        filled = path.format_map(dict(zip(parameters, chosen, strict=True)))
        yield from (f"{filled}?{question}" for question in ("", *ALSO.get(path, ())))


async def answers(
    console: Console, asked: Sequence[str], at: datetime
) -> dict[tuple[str, str], Said]:
    """Return each reader's answers as known at a time, and the board's."""
    found: dict[tuple[str, str], Said] = {}
    for reader in READERS:
        async with console.api(reader) as client:
            for address in asked:
                answer = await client.get(f"{address}&as_of={quote(at.isoformat())}")
                found[reader, address] = answer.status_code, _parts(answer)
    shown = (await board(console.running, Asking(AUDITOR, at))).found
    parts = {name: str(value) for name, value in asdict(shown).items()}
    return found | {("au-01", "the board"): (200, parts)}


def _parts(answer: httpx.Response) -> dict[str, str]:
    # A problem tells its own trace; a sheet tells when it was made.
    if not answer.is_success or "json" not in answer.headers["Content-Type"]:
        return {}
    return parts_of(answer.json())


def different(one: Said, other: Said) -> list[str]:
    """Return the parts in which two answers differ; `status` is one of them."""
    (status, parts), (then, others) = one, other
    named = differing(parts, others)
    return named if status == then else ["status", *named]
