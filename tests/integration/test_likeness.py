"""Likely duplicates through the real door: advised, decided, not suggested again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from libs.events.contracts.duplicates import ClueLinkedAsDuplicate
from services.intake import duplicates
from services.intake.likeness.catching_up import catch_up
from tests.intake_forms import complaint, worker
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def registered(scene: Scene, **changed: Any) -> dict[str, Any]:
    answer = await scene.post("/v1/complaints", complaint(**changed), by="lc-01")
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def listed(scene: Scene, by: str = "lc-01") -> list[tuple[str, str]]:
    answer = await scene.get("/v1/duplicates", by=by)
    assert answer.status_code == 200, answer.text
    return [(one["clue_id"], one["of_clue_id"]) for one in answer.json()["items"]]


async def test_a_second_telling_is_advised_linked_and_undone(scene: Scene) -> None:
    """F-2.2.3c, S5: nothing is linked by itself; a decision is not asked for again."""
    first = await registered(scene)
    assert first["likely"] == []
    by_phone = worker(name="工001", id_number=None, claimed={"minor": 121000000})
    second = await registered(scene, channel="petition", workers=[by_phone])
    (likely,) = second["likely"]
    assert (likely["of_clue_id"], likely["suggested"]) == (first["clue_id"], True)
    assert likely["reasons"] == [
        "same-phone", "same-code", "months-overlap", "amount-near",
    ]  # fmt: skip
    pair = (second["clue_id"], first["clue_id"])
    assert await listed(scene) == [pair]
    assert await listed(scene, by="do-01") == []
    assert "ClueLinkedAsDuplicate" not in await scene.events()
    path = f"/v1/clues/{pair[0]}"
    compared = (await scene.get(f"{path}/likely/{pair[1]}", by="lc-01")).json()
    assert compared["workers"] == [{"ordinal": 1, "of_ordinal": 1}]
    said = {"of_clue_id": pair[1]}
    stale = await scene.post(f"{path}/duplicate", said, by="lc-01", version=3)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    linked = await scene.post(f"{path}/duplicate", said, by="lc-01", version=0)
    assert (linked.status_code, linked.headers["etag"]) == (200, '"v1"')
    await _has_what_was_advised(scene, pair[0], likely["score"])
    assert await listed(scene) == []
    undone = {"reason": "other-worker"}
    answer = await scene.post(f"{path}/unlinking", undone, by="lc-01", version=1)
    assert answer.status_code == 200, answer.text
    assert await listed(scene) == []
    assert (await scene.get(f"{path}/likely", by="lc-01")).json()["items"] == []


async def _has_what_was_advised(scene: Scene, clue_id: str, score: int) -> None:
    stream = duplicates.KIND.stream(clue_id)  # type: ignore[arg-type]  # a text will do
    held = await scene.running.desk.log.journal.read_streams([stream])
    fact = held[stream][0].fact()
    assert isinstance(fact, ClueLinkedAsDuplicate)
    assert (fact.score, len(fact.claims)) == (score, 1)


async def test_a_pair_found_apart_stays_apart_and_the_erased_match_nobody(
    scene: Scene,
) -> None:
    first = await registered(scene)
    second = await registered(scene, channel="petition")
    path = f"/v1/clues/{second['clue_id']}/distinct"
    said = {"of_clue_id": first["clue_id"]}
    assert (await scene.post(path, said, by="lc-01", version=0)).status_code == 200
    assert await listed(scene) == []
    third = await registered(scene, channel="online")
    assert len(third["likely"]) == 2
    for claim in first["claims"]:
        erase = f"/v1/persons/{claim['person_id']}/erasure"
        gone = await scene.post(erase, {"reason": "entered-by-mistake"}, by="lg-01")
        assert gone.status_code == 200, gone.text
    kinds = "SELECT count(*) FROM likeness.key WHERE kind IN ('id', 'phone')"
    assert await scene.pool.fetchval(kinds) == 0
    persons = "SELECT count(*) FROM likeness.clue WHERE ids[1] IS NOT NULL"
    assert await scene.pool.fetchval(persons) == 0


async def test_the_index_catches_up_with_clues_that_it_lacks(
    scene: Scene,
) -> None:
    """An older deployment has it at its next start; the public is told nothing."""
    answer = await scene.post("/v1/reports", complaint(channel="web"))
    assert (answer.status_code, answer.json()["likely"]) == (201, [])
    await registered(scene)
    owner = await asyncpg.connect(scene.owner_dsn)
    try:
        await owner.execute(
            "TRUNCATE likeness.clue, likeness.key, likeness.gram, likeness.pair"
        )
    finally:
        await owner.close()
    journal = scene.running.desk.log.journal
    assert await catch_up(journal) == 2
    assert await catch_up(journal) == 0
    assert len(await listed(scene)) == 1
