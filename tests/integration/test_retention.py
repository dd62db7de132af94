"""Floors on a real database: refused, then due, then erased; the log is as before."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.intake_forms import complaint, worker
from tests.intake_scene import START, Scene, intake, set_up_database
from tests.stack import FreshDatabases

OUTLIVED = {
    "since": f"{START.year - 1}-01-02",
    "clues": 1,
    "files": [
        {
            "rule": "RET-handling",
            "version": 1,
            "kind": "handling",
            "years": 5,
            "law": "劳动人事争议仲裁办案规则第二十四条",
            "closed_on": f"{START.year - 6}-01-02",
            "last_day": f"{START.year - 1}-01-01",
        }
    ],
}
"""What is said of who stood in one file, closed six years ago."""


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def closed(scene: Scene, clue: str, years: int | None) -> None:
    """Let the file of a clue be closed so many years ago; None: it is open."""
    on = None if years is None else date(START.year - years, 1, 2)
    await scene.pool.execute(
        "INSERT INTO case_file_v1 (stream, version, recorded_at, gone, case_id,"
        " clue_id, closed_on, closed_as, filed, took_in)"
        " VALUES ($1, 1, now(), false, $2, $3, $4, 'paid', false, '[]')"
        " ON CONFLICT (stream) DO UPDATE SET closed_on = EXCLUDED.closed_on",
        f"case-{clue}",
        UUID(clue),
        UUID(clue),
        on,
    )


async def due(scene: Scene) -> list[dict[str, Any]]:
    answer = await scene.get("/v1/erasures/due", by="lg-01")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_floor_refuses_lists_and_lets_go_and_the_log_is_as_before(
    scene: Scene,
) -> None:
    """PIPL 47 ¶2: as long as the file is open, and until its floor has run out."""
    said = (await scene.post("/v1/complaints", complaint(), by="lc-01")).json()
    person = said["claims"][0]["person_id"]
    path, body = f"/v1/persons/{person}/erasure", {"reason": "own-request"}
    for years, code in ((None, "file-open"), (4, "retention-floor")):
        await closed(scene, said["clue_id"], years)
        refused = await scene.post(path, body, by="lg-01")
        told = refused.json()
        assert (refused.status_code, told["code"]) == (409, code)
        assert told["article"]
        assert await due(scene) == []
    await closed(scene, said["clue_id"], 6)
    (own,) = [one for one in await due(scene) if one["person_id"] == person]
    assert own == {**OUTLIVED, "person_id": person}
    before = await scene.pool.fetch("SELECT data FROM journal.event ORDER BY seq")
    assert (await scene.post(path, body, by="lg-01")).status_code == 200
    after = await scene.pool.fetch("SELECT data FROM journal.event ORDER BY seq")
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert person not in {one["person_id"] for one in await due(scene)}
    # A case that took the file in keeps it on.
    other = complaint(workers=[worker(phone="13800000085")])
    second = (await scene.post("/v1/complaints", other, by="lc-01")).json()
    await closed(scene, second["clue_id"], 6)
    merged = "UPDATE case_file_v1 SET closed_as = 'merged' WHERE clue_id = $1"
    await scene.pool.execute(merged, UUID(second["clue_id"]))
    await closed(scene, said["clue_id"], None)
    took = "UPDATE case_file_v1 SET took_in = $2 WHERE clue_id = $1"
    held = f'["{second["clue_id"]}"]'
    await scene.pool.execute(took, UUID(said["clue_id"]), held)
    path = f"/v1/persons/{second['claims'][0]['person_id']}/erasure"
    refused = await scene.post(path, body, by="lg-01")
    assert refused.json()["code"] == "file-open"
