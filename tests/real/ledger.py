"""The agencies' sheets through the whole running system, and the ledger's totals."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from deploy.local import running
from tests.real.published import FILES, ROOT

START_SECONDS = 240
IMPORT_SECONDS = 900

# A row of history counts with what could be read of it; zero was read, too.
LEDGER = """
SELECT profile, sheet, count(*) AS "rows",
       count(claimed_minor) AS "claimed numeric",
       coalesce(sum(claimed_minor), 0)::bigint AS "claimed",
       count(verified_minor) AS "verified numeric",
       coalesce(sum(verified_minor), 0)::bigint AS "verified",
       count(paid_minor) AS "paid numeric",
       coalesce(sum(paid_minor), 0)::bigint AS "paid"
FROM imported GROUP BY profile, sheet"""
CLAIMS = """
SELECT coalesce(sum(claimed), 0)::bigint AS claimed,
       coalesce(sum(paid), 0)::bigint AS paid
FROM claim WHERE history AND currency = 'USD'"""
LIVE = """
SELECT (SELECT count(*) FROM deadline) AS deadlines,
       (SELECT count(*) FROM case_fact WHERE kind = 'registered') AS registered"""

Sheets = Mapping[tuple[str, str], Mapping[str, int]]


def qingxin(state: Path, *words: str, seconds: float) -> str:
    """Run one command of the system on a state folder; return what it printed."""
    done = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "deploy.cli", *words],
        cwd=ROOT,
        env={**os.environ, "QINGXIN_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-800:]}{done.stderr[-800:]}"
    return done.stdout


@contextmanager
def whole_system(state: Path) -> Iterator[Path]:
    """Run the whole system on a state folder of its own."""
    qingxin(state, "up", "--detach", seconds=START_SECONDS)
    try:
        yield state
    finally:
        qingxin(state, "down", seconds=START_SECONDS)


def import_all(state: Path, folder: Path) -> dict[str, dict[str, int]]:
    """Hand in the three agencies' sheets; return the counts of each import."""
    counts = {}
    for profile, file in FILES.items():
        words = ("import", "--json", "--profile", profile, str(folder / file))
        said = qingxin(state, *words, seconds=IMPORT_SECONDS)
        counts[profile] = json.loads(said)["counts"]
    return counts


async def asked(state: Path, query: str) -> list[asyncpg.Record]:
    """Ask reporting's read models."""
    connection = await asyncpg.connect(running.settings(state).app_dsn("reporting"))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def by_sheet(state: Path) -> Sheets:
    """Return the ledger's totals by profile and sheet."""
    rows = await asked(state, LEDGER)
    return {
        (row["profile"], row["sheet"]): {
            name: value
            for name, value in row.items()
            if name not in {"profile", "sheet"}
        }
        for row in rows
    }
