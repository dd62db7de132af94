"""All that the vault holds is opened: what was changed or taken out is named."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.intake.vault.erasing import erase
from tests.intake_scene import Scene, intake, set_up_database
from tests.integration.test_vault import registered
from tests.stack import FreshDatabases

CHANGED = {
    "a value": """
        UPDATE vault.field SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)
        WHERE person_id = $1 AND field = 'name'""",
    "another field's value": """
        UPDATE vault.field f SET sealed = o.sealed FROM vault.field o
        WHERE f.person_id = $1 AND f.field = 'name'
          AND o.person_id = $1 AND o.field = 'phone'""",
}


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def checked(scene: Scene) -> dict[str, Any]:
    answer = await scene.get("/operator/vault/check", by="au-01")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def registered_person(scene: Scene) -> UUID:
    return UUID((await registered(scene))["claims"][0]["person_id"])


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
async def test_a_changed_value_is_named_by_person_and_field(
    scene: Scene, change: str
) -> None:
    person = await registered_person(scene)
    before = await checked(scene)
    assert (before["values"] > 4, before["wrong"]) == (True, None)
    await scene.pool.execute(change, person)
    wrong = (await checked(scene))["wrong"]
    assert wrong == f"person {person}, field name, does not open"


async def test_a_person_taken_out_is_missed_by_the_event_that_tells(
    scene: Scene,
) -> None:
    person = await registered_person(scene)
    await scene.pool.execute("DELETE FROM vault.person WHERE person_id = $1", person)
    wrong = (await checked(scene))["wrong"]
    assert wrong == f"person {person}, of whom event 1 tells, has no row"


async def test_who_was_erased_is_not_missed(scene: Scene) -> None:
    person = await registered_person(scene)
    before = await checked(scene)
    async with scene.pool.acquire() as connection:
        assert await erase(connection, person)
    after = await checked(scene)
    assert (after["values"] < before["values"], after["wrong"]) == (True, None)
