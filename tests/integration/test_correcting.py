"""A person's data is corrected (PIPL 46): the new value first, the old one sealed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.intake_forms import complaint, worker
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

FIRST, SECOND, LAST = "13800000081", "13800000082", "13800000083"
REASON = {"reason": "changed"}


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def asked(scene: Scene, person: str) -> dict[str, Any]:
    body = {"person_ids": [person], "fields": ["name", "phone"], "reason": "call-back"}
    answer = await scene.post("/v1/persons/read", body, by="lc-01")
    found: dict[str, Any] = answer.json()["persons"][0]
    return found


async def test_a_correction_stands_first_and_the_old_value_stays_sealed(
    scene: Scene,
) -> None:
    form = complaint(workers=[worker(phone=FIRST)])
    said = (await scene.post("/v1/complaints", form, by="lc-01")).json()
    person = said["claims"][0]["person_id"]
    before = await asked(scene, person)
    path = f"/v1/persons/{person}/correction"
    for phone in (SECOND, LAST):
        done = await scene.post(path, {"phone": phone, **REASON}, by="lc-01")
        assert done.status_code == 200, done.text
    found = await asked(scene, person)
    assert found["fields"]["phone"] == f"+86{LAST}"
    assert found["fields"]["name"] == before["fields"]["name"]
    also = [one["value"] for one in found["also"]["phone"]]
    assert also == [f"+86{SECOND}", f"+86{FIRST}"]
    search = {"phone": LAST, "reason": "same-person"}
    matches = (await scene.post("/v1/searches", search, by="lc-01")).json()["matches"]
    assert [one["person_id"] for one in matches] == [person]
    events = await scene.pool.fetch(
        "SELECT data FROM journal.event WHERE type = 'PersonDataCorrected'"
    )
    assert len(events) == 2
    assert "1380000008" not in "".join(row["data"] for row in events)


async def test_who_may_correct_and_what_is_refused(scene: Scene) -> None:
    form = complaint(workers=[worker(phone=FIRST)], mode="confidential")
    said = (await scene.post("/v1/complaints", form, by="po-01")).json()
    person = said["claims"][0]["person_id"]
    path = f"/v1/persons/{person}/correction"
    right = {"phone": LAST, **REASON}
    bad = await scene.post(path, {"phone": "12345", **REASON}, by="po-01")
    nothing = await scene.post(path, REASON, by="po-01")
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/phone")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid")
    assert (await scene.post(path, right, by="li-01")).status_code == 403
    # The centre sees every case, and yet not who spoke in confidence.
    assert (await scene.post(path, right, by="lc-01")).status_code == 404
    unknown = path.replace(person, str(UUID(int=7)))
    assert (await scene.post(unknown, right, by="po-01")).status_code == 404
    assert (await scene.post(path, right, by="po-01")).status_code == 200
