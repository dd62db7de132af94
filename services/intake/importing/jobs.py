"""The table of imports: what was asked, how far it is, what it came to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import asyncpg

from libs.events.event import Actor
from services.intake.profiles.result import RowResult

ADD = """
INSERT INTO imports.job (import_id, request_hmac, profile, profile_version, mode,
    actor_id, role, unit, suffix, file_sha256, file_bytes, key_id, profile_text,
    sample_id, wrapped_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (import_id) DO NOTHING RETURNING true
"""
COLUMNS = "SELECT * FROM imports.job"
FIND = f"{COLUMNS} WHERE import_id = $1"
NEXT = f"""{COLUMNS} WHERE state IN ('waiting', 'running')
ORDER BY asked_at, import_id"""
RECENT = f"""{COLUMNS} WHERE $1::text IS NULL OR unit = $1
ORDER BY asked_at DESC, import_id LIMIT 50"""
STARTED = """
UPDATE imports.job SET state = 'running', rows_total = $2 WHERE import_id = $1"""
STEP = """
UPDATE imports.job SET rows_done = greatest(rows_done, $2), counts = $3
WHERE import_id = $1"""
ADD_ROWS = """
INSERT INTO imports.row (import_id, n, sheet, row, outcome)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::int[], $5::text[])
ON CONFLICT DO NOTHING
"""
ADD_FINDINGS = """
INSERT INTO imports.finding (import_id, n, line, sheet, row, col, code, rounded)
SELECT $1, * FROM unnest(
    $2::int[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[])
ON CONFLICT DO NOTHING
"""
ENDED = """
UPDATE imports.job SET state = $2, report = $3, refusal = $4,
    finished_at = clock_timestamp()
WHERE import_id = $1
"""


@dataclass(frozen=True)
class Job:
    """One import as it stands in the table.

    `profile_text`: the TOML of a profile that is only tried, not in force.
    """

    import_id: UUID
    profile: str
    profile_version: int
    mode: Literal["dry_run", "apply"]
    profile_text: str | None
    actor: Actor
    suffix: str
    file_sha256: str
    key_id: str
    wrapped_key: bytes | None
    state: str
    row: asyncpg.Record

    @property
    def good_rows(self) -> int:
        """Return how many rows were read well, whether or not they are news."""
        report = json.loads(self.row["report"] or "null")
        if report is None:
            return 0
        return int(report["as_read"]["totals"]["outcomes"]["SUCCESS"])


def job_of(row: asyncpg.Record) -> Job:
    """Return a row of the table."""
    actor = Actor(UUID(int=row["actor_id"].int), row["role"], row["unit"])
    return Job(
        import_id=UUID(int=row["import_id"].int),
        profile=row["profile"],
        profile_version=row["profile_version"],
        mode=row["mode"],
        profile_text=row["profile_text"],
        actor=actor,
        suffix=row["suffix"],
        file_sha256=row["file_sha256"],
        key_id=row["key_id"],
        wrapped_key=row["wrapped_key"],
        state=row["state"],
        row=row,
    )


async def find(pool: asyncpg.Pool, import_id: UUID) -> Job | None:
    """Return an import, None when there is none of that id."""
    row = await pool.fetchrow(FIND, import_id)
    return None if row is None else job_of(row)


async def waiting(pool: asyncpg.Pool) -> list[Job]:
    """Return the imports that are not at their end, the oldest first."""
    return [job_of(row) for row in await pool.fetch(NEXT)]


async def save_step(
    connection: asyncpg.Connection,
    import_id: UUID,
    first: int,
    results: Sequence[RowResult],
    counts: Mapping[str, int],
) -> None:
    """Save what became of rows `first` and on; a repeat changes nothing."""
    numbers = list(range(first, first + len(results)))
    numbered = list(zip(numbers, results, strict=True))
    lines = [
        (n, line, finding)
        for n, result in numbered
        for line, finding in enumerate(result.findings)
    ]
    async with connection.transaction():
        await connection.execute(
            ADD_ROWS,
            import_id,
            numbers,
            [result.sheet for result in results],
            [result.row for result in results],
            [result.outcome.value for result in results],
        )
        await connection.execute(
            ADD_FINDINGS,
            import_id,
            [n for n, _, _ in lines],
            [line for _, line, _ in lines],
            [finding.sheet for _, _, finding in lines],
            [finding.row for _, _, finding in lines],
            [finding.column for _, _, finding in lines],
            [finding.code for _, _, finding in lines],
            [rounded(finding.code, finding.value) for _, _, finding in lines],
        )
        done = first + len(results) - 1
        await connection.execute(STEP, import_id, done, json.dumps(dict(counts)))


def rounded(code: str, value: str) -> str | None:
    """Return what was rounded to what; no other value of a cell is kept."""
    return value if code == "amount-rounded" else None


async def end(
    pool: asyncpg.Pool,
    import_id: UUID,
    report: Mapping[str, Any] | None,
    refusal: Mapping[str, Any] | None = None,
) -> None:
    """Note an import's end: its report, or why the file was refused."""
    state = "done" if refusal is None else "refused"
    said = [None if one is None else json.dumps(one) for one in (report, refusal)]
    await pool.execute(ENDED, import_id, state, *said)
