"""An older copy of one service comes back under the running system, and loses no event.

What a backup can lose is what is in no event: names typed into the vault after it.
"""

import json
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from libs.events.stream.topics import Topics
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Act, Whole

PERSONS = "SELECT person_id FROM vault.mention WHERE clue_id = $1 AND role = 'worker'"
READABLE = """
SELECT count(*) FROM vault.person
WHERE person_id = $1 AND wrapped_key IS NOT NULL"""
HEAD = "SELECT seq FROM journal.head"
LIKE = "SELECT datname FROM pg_database WHERE datname LIKE $1"


async def person_of(whole: Whole, clue_id: UUID) -> UUID:
    async with whole.database("intake") as pool:
        found: UUID = await pool.fetchval(PERSONS, clue_id)
    return found


async def readable(whole: Whole, person: UUID) -> bool:
    async with whole.database("intake") as pool:
        return bool(await pool.fetchval(READABLE, person))


async def head(whole: Whole, service: str) -> int:
    async with whole.database(service) as pool:
        seq: int = await pool.fetchval(HEAD)
    return seq


async def forget_what_was_kept_aside(whole: Whole) -> None:
    """Drop the databases that restores leave, as an operator does once all is well."""
    admin = await asyncpg.connect(whole.settings.servers.admin)
    try:
        like = f"{whole.settings.database('').name}%before%"
        for row in await admin.fetch(LIKE, like):
            await admin.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.mark.slow
async def test_an_older_copy_of_intake_takes_its_events_back_and_erases_again(
    whole: Whole, tmp_path: Path
) -> None:
    before = await complain(whole)
    erased, kept = await person_of(whole, before.clue_id), await complain(whole)
    await whole.settled()
    folder = tmp_path / "backup"
    said = await whole.cli("backup", str(folder), "--json")
    assert said.code == 0, said
    manifest = json.loads(said.out)
    topic = Topics(whole.settings.prefix).events("intake")
    assert sum(manifest["topics"][topic]) >= manifest["services"]["intake"]["head"]
    after = await complain(whole)
    lost = await person_of(whole, after.clue_id)
    path = f"/v1/persons/{erased}/erasure"
    gone = {"reason": "entered-by-mistake"}
    await whole.do(Act("lg-01", "intake", path, gone, on_something=False))
    await whole.settled()
    heads = await head(whole, "intake")
    said = await whole.cli("restore", str(folder), "--service", "intake", "--yes")
    assert said.code == 0, said
    # Not an event is lost, and who was erased after the backup is erased again.
    assert await head(whole, "intake") >= heads
    assert not await readable(whole, erased)
    assert await readable(whole, await person_of(whole, kept.clue_id))
    # What was typed into the vault after the backup is what is lost.
    assert not await readable(whole, lost)
    await whole.settled()
    shown = await whole.get("au-01", "reporting", f"/v1/cases/{after.case_id}")
    assert shown["number"] == after.receipt
    later = await complain(whole)
    await whole.settled()
    shown = await whole.get("au-01", "reporting", f"/v1/cases/{later.case_id}")
    assert shown["number"] == later.receipt
    verified = await whole.cli("verify")
    assert verified.code == 0, verified
    await forget_what_was_kept_aside(whole)


async def test_a_torn_or_altered_backup_is_refused_in_one_line(
    whole: Whole, tmp_path: Path
) -> None:
    said = await whole.cli("restore", str(tmp_path), "--yes")
    assert said.code == 1
    assert "it has no manifest.json" in said.err
    torn = {"services": {"intake": {"file": "intake.dump", "sha256": "0" * 64}}}
    (tmp_path / "manifest.json").write_text(json.dumps(torn))
    (tmp_path / "intake.dump").write_bytes(b"half")
    said = await whole.cli("restore", str(tmp_path), "--yes")
    assert said.err.endswith("is not what was backed up of intake.\n")
    said = await whole.cli("backup", str(tmp_path))
    assert "is not empty" in said.err
