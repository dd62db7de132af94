"""Informants 举报人 on a real database: their own register, key, right and readers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.intake.vault.keys import INFORMANT, Keys
from services.intake.vault.reading import read
from services.intake.vault.rotating import INFORMANTS, PERSONS, left, rewrap
from services.intake.vault.sealing import unwrap, wrap
from services.intake.vault.secluding import seclude
from tests.intake_forms import complaint
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

# A person who cannot exist: born in 1898.
NUMBER, PHONE, NAME = "310117189801010012", "13800004712", "演示举报人金丝雀"
WORDS = "举报的金丝雀"
CANARIES = (NUMBER, PHONE, NAME, WORDS)
TOLD = {
    "name": NAME,
    "phone": PHONE,
    "id_number": {"number": NUMBER},
    "role": "other",
}


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def reported(scene: Scene, door: str = "reports") -> tuple[str, str]:
    """Report by somebody who is no worker; return the clue and the author's id."""
    form = complaint(workers=[], reporter=TOLD, mode="named", summary=WORDS)
    answer = await scene.post(f"/v1/{door}", form, by="li-01")
    assert answer.status_code == 201, answer.text
    clue = answer.json()["clue_id"]
    found = await scene.pool.fetchval(
        "SELECT person_id FROM vault.mention WHERE clue_id = $1"
        " AND role IN ('informant', 'reporter')",
        UUID(clue),
    )
    return clue, str(found)


async def asked(
    scene: Scene, person: str, by: str, kept_in: str = "informants"
) -> tuple[int, list[dict[str, Any]], str]:
    body = {
        "person_ids": [person],
        "fields": ["name", "id_number", "phone", "summary"],
        "reason": "handling",
        "kept_in": kept_in,
    }
    answer = await scene.post("/v1/persons/read", body, by=by)
    return answer.status_code, answer.json().get("persons", []), answer.text


async def test_an_informant_opens_to_the_holder_alone_and_no_search_finds_him(
    scene: Scene,
) -> None:
    """LIR 9 ¶3, 30(4): canaries over whatever intake answers to others."""
    _, person = await reported(scene)
    _, opened, _ = await asked(scene, person, "li-01")
    assert opened[0]["fields"]["name"] == NAME
    said = await scene.pool.fetchval(
        "SELECT data FROM journal.event WHERE type = 'PersonDataRead' ORDER BY seq DESC"
    )
    assert '"kept_in":"informants"' in said.replace(" ", "")
    told = []
    # Who may unmask a complainant, the holder too, unmasks no informant thereby.
    for officer in ("li-01", "lc-01", "db-01", "lg-01"):
        status, found, text = await asked(scene, person, officer, "persons")
        assert (status, found) == (200, [])
        told.append(text)
    for officer, status in (("lc-01", 200), ("db-01", 200), ("hd-01", 403)):
        answered, found, text = await asked(scene, person, officer)
        assert (answered, found) == (status, [])
        told.append(text)
    for body in ({"id_number": {"number": NUMBER}}, {"phone": PHONE}):
        for officer in ("li-01", "lc-01"):
            search = {**body, "reason": "same-person"}
            seen = await scene.post("/v1/searches", search, by=officer)
            assert seen.json()["matches"] == []
            told.append(seen.text)
    assert [c for c in CANARIES for text in told if c in text] == []
    _, opened, _ = await asked(scene, person, "lg-01")
    assert opened[0]["fields"]["summary"] == WORDS


async def test_a_complaint_of_the_same_person_leads_to_no_report(scene: Scene) -> None:
    _, informant = await reported(scene)
    _, complainant = await reported(scene, "complaints")
    assert informant != complainant
    search = {"id_number": {"number": NUMBER}, "reason": "same-person"}
    seen = (await scene.post("/v1/searches", search, by="li-01")).json()["matches"]
    assert [one["person_id"] for one in seen] == [complainant]
    assert (await asked(scene, complainant, "li-01"))[1] == []
    path = f"/v1/persons/{informant}/correction"
    right = {"phone": "13800004713", "reason": "changed"}
    assert (await scene.post(path, right, by="lc-01")).status_code == 404
    assert (await scene.post(path, right, by="lg-01")).status_code == 200
    row = await scene.pool.fetchrow(
        "SELECT kind, phone_hmac FROM vault.person WHERE person_id = $1",
        UUID(informant),
    )
    assert tuple(row) == (INFORMANT, None)


async def test_informants_of_before_are_moved_once_and_new_master_keys_open_them(
    scene: Scene,
) -> None:
    told = scene.running.settings
    assert told.master_key is not None
    assert told.code_key is not None
    keys = Keys.of(told.master_key, told.code_key)
    _, person = await reported(scene)
    async with scene.pool.acquire() as connection:
        row = await connection.fetchrow(
            "SELECT key_id, wrapped_key FROM vault.person WHERE person_id = $1", person
        )
        key = unwrap(keys.of_kind(INFORMANT), UUID(person), *row)
        # As the register of before kept them.
        await connection.execute(
            "UPDATE vault.person SET kind = 'person', phone_hmac = $2, wrapped_key = $3"
            " WHERE person_id = $1",
            person,
            b"h" * 32,
            wrap(keys, UUID(person), key),
        )
        await connection.execute(
            "UPDATE vault.mention SET role = 'reporter' WHERE person_id = $1", person
        )
        assert [await seclude(connection, keys) for _ in range(2)] == [1, 0]
        newer = Keys.of(b"n" * 32, told.code_key, (told.master_key,))
        assert await rewrap(connection, newer.of_kind(INFORMANT), INFORMANTS) == 1
        await rewrap(connection, newer, PERSONS)
        assert (await left(connection, newer)).persons == 0
        only = Keys.of(b"n" * 32, told.code_key)
        (found,) = await read(connection, only, [UUID(person)], ["name"], secret=True)
        assert await read(connection, only, [UUID(person)], ["name"]) == []
    assert found.fields["name"][0].value == NAME
