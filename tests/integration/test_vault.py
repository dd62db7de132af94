"""The vault on a real database: sealed, found again, read with a reason, erased."""

import os
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.postgres import MAJOR, WHEEL
from services.intake.vault.erasing import erase, replay_erasures
from services.intake.vault.keys import Keys
from services.intake.vault.reading import read
from services.intake.vault.rotating import FILES, PERSONS, Left, left, rewrap
from services.intake.vault.sweeping import sweep
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

# A person who cannot exist: born in 1898.
NUMBER, PHONE, CARD = "310117189801010012", "13800004711", "6222020000000000000"
NAME, WORDS, BOSS = "演示工金丝雀", "欠薪三个月的金丝雀", "演示个体金丝雀"
CANARIES = (NUMBER, PHONE, "6222020000000000000", NAME, WORDS, BOSS)


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


def complaint(**changed: Any) -> dict[str, Any]:
    worker = {
        "name": NAME,
        "id_number": {"number": NUMBER},
        "phone": PHONE,
        "bank_card": CARD,
        "claimed": {"minor": 100},
    }
    return {
        "channel": "window",
        "employer": {"name": BOSS, "individual": True},
        "workers": [worker],
        "summary": WORDS,
        **changed,
    }


async def registered(scene: Scene, **changed: Any) -> dict[str, Any]:
    answer = await scene.post("/v1/complaints", complaint(**changed), by="lc-01")
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def asked(scene: Scene, person: str, by: str = "lc-01") -> dict[str, Any]:
    body = {
        "person_ids": [person],
        "fields": ["name", "id_number", "phone", "bank_card", "summary"],
        "reason": "call-back",
    }
    answer = await scene.post("/v1/persons/read", body, by=by)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def dumped(dsn: str) -> str:
    """Return the whole database as pg_dump writes it."""
    package = Path(str(distribution(WHEEL).locate_file(WHEEL)))
    tool = package / f"pginstall{MAJOR}" / "bin" / "pg_dump"
    made = subprocess.run(  # noqa: S603 -- the wheel's own binary.
        [tool, dsn], capture_output=True, check=True
    )
    return made.stdout.decode()


async def test_nothing_of_a_person_stands_in_the_database_in_clear(
    scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    said = await registered(scene)
    await asked(scene, said["claims"][0]["person_id"])
    whole = dumped(scene.owner_dsn)
    assert said["clue_id"] in whole
    assert [canary for canary in CANARIES if canary in whole] == []
    # pg_dump writes bytea in hex: nothing may be stored as bare bytes either.
    assert [c for c in CANARIES if c.encode().hex() in whole] == []
    # Nor do the codes stand anywhere.
    codes = [said["query_code"], said["claims"][0]["query_code"]]
    bare = [code.replace("-", "") for code in codes]
    assert [code for code in (*codes, *bare) if code in whole] == []
    told = "".join(capfd.readouterr())
    assert [canary for canary in (*CANARIES, *codes) if canary in told] == []


async def test_an_officer_reads_with_a_reason_and_that_is_an_event(
    scene: Scene,
) -> None:
    said = await registered(scene)
    found = await asked(scene, said["claims"][0]["person_id"])
    fields = found["persons"][0]["fields"]
    assert fields["name"] == NAME
    assert fields["id_number"] == {"type": "citizen", "number": NUMBER}
    assert fields["phone"] == f"+86{PHONE}"
    assert fields["summary"] == WORDS
    assert (await scene.events())[-1] == "PersonDataRead"
    employer = await asked(scene, said["employer_id"])
    assert employer["persons"][0]["fields"] == {"name": BOSS}


async def test_another_unit_reads_nothing_and_is_told_nothing(scene: Scene) -> None:
    said = await registered(scene)
    person = said["claims"][0]["person_id"]
    found = await asked(scene, person, by="do-01")
    assert (found["persons"], found["missing"]) == ([], [person])
    search = {"id_number": {"number": NUMBER}, "reason": "same-person"}
    seen = await scene.post("/v1/searches", search, by="do-01")
    assert seen.json()["matches"] == []
    mine = await scene.post("/v1/searches", search, by="lc-01")
    assert mine.json()["matches"] == [{"person_id": person, "clue_id": said["clue_id"]}]


async def test_who_spoke_in_confidence_is_known_to_the_holding_unit_alone(
    scene: Scene,
) -> None:
    said = await scene.post(
        "/v1/complaints", complaint(mode="confidential"), by="li-01"
    )
    person = said.json()["claims"][0]["person_id"]
    assert (await asked(scene, person, by="li-01"))["missing"] == []
    # The centre sees every case, and yet not who spoke in confidence.
    assert (await asked(scene, person, by="lc-01"))["missing"] == [person]
    assert (await asked(scene, person, by="db-01"))["missing"] == []


async def test_the_same_id_number_is_the_same_person_and_overwrites_nothing(
    scene: Scene,
) -> None:
    first = await registered(scene)
    worker = {"name": NAME, "id_number": {"number": NUMBER}, "phone": "13800000099"}
    second = await registered(scene, workers=[worker])
    person = first["claims"][0]["person_id"]
    assert second["claims"][0]["person_id"] == person
    assert second["employer_id"] == first["employer_id"]
    found = (await asked(scene, person))["persons"][0]
    assert found["fields"]["phone"] == f"+86{PHONE}"
    later = {"value": "+8613800000099", "clue_id": second["clue_id"]}
    assert found["also"]["phone"] == [later]


async def test_erasing_destroys_the_data_and_keeps_the_count(scene: Scene) -> None:
    said = await registered(scene)
    person = said["claims"][0]["person_id"]
    before = await scene.pool.fetchval("SELECT count(*) FROM journal.event")
    body = {"reason": "entered-by-mistake"}
    path = f"/v1/persons/{person}/erasure"
    assert (await scene.post(path, body, by="lc-01")).status_code == 403
    assert (await scene.post(path, body, by="lg-01")).status_code == 200
    assert (await asked(scene, person))["persons"] == []
    after = await scene.pool.fetchval("SELECT count(*) FROM journal.event")
    assert after == before + 2
    assert (await registered(scene))["claims"][0]["person_id"] != person


async def test_after_a_restore_the_erased_are_erased_again(scene: Scene) -> None:
    said = await registered(scene)
    person = UUID(said["claims"][0]["person_id"])
    kept = await scene.pool.fetchrow(
        "SELECT * FROM vault.person WHERE person_id = $1", person
    )
    body = {"reason": "entered-by-mistake"}
    await scene.post(f"/v1/persons/{person}/erasure", body, by="lg-01")
    # What an older copy of the database would bring back.
    await scene.pool.execute(
        "UPDATE vault.person SET wrapped_key = $2, erased_at = NULL"
        " WHERE person_id = $1",
        person,
        kept["wrapped_key"],
    )
    assert await replay_erasures(scene.running.desk.log.journal) == 1
    assert await replay_erasures(scene.running.desk.log.journal) == 0


async def test_a_sealed_field_opens_in_its_own_place_only(scene: Scene) -> None:
    said = await registered(scene)
    person = UUID(said["claims"][0]["person_id"])
    async with scene.pool.acquire() as connection:
        await connection.execute(
            "UPDATE vault.field f SET sealed = o.sealed FROM vault.field o"
            " WHERE f.person_id = $1 AND f.field = 'name'"
            " AND o.person_id = $1 AND o.field = 'phone'",
            person,
        )
    [told] = (await asked(scene, str(person)))["persons"]
    assert "name" in told["unreadable"]
    assert "name" not in told["fields"]


@pytest.mark.parametrize("table", ["vault.field", "vault.person"])
async def test_a_changed_vault_row_opens_no_more(scene: Scene, table: str) -> None:
    said = await registered(scene)
    person = UUID(said["claims"][0]["person_id"])
    column = {"vault.field": "sealed", "vault.person": "wrapped_key"}[table]
    keys = Keys.of(b"m" * 32, b"c" * 32)
    async with scene.pool.acquire() as connection:
        [holding] = await read(connection, keys, [person], ["name"])
        assert (holding.fields["name"][0].value, holding.unreadable) == (NAME, ())
        await connection.execute(
            f"UPDATE {table} SET {column} ="
            f" set_byte({column}, 20, get_byte({column}, 20) # 1) WHERE person_id = $1",
            person,
        )
    [told] = (await asked(scene, str(person)))["persons"]
    assert "name" in told["unreadable"]
    assert "name" not in told["fields"]


async def test_a_new_master_key_opens_what_the_old_one_sealed(scene: Scene) -> None:
    said = await registered(scene)
    person = UUID(said["claims"][0]["person_id"])
    both = Keys.of(os.urandom(32), b"c" * 32, retired=[b"m" * 32])
    async with scene.pool.acquire() as connection:
        assert await left(connection, both) == Left(persons=2, files=0, retired=1)
        assert await rewrap(connection, both, PERSONS) == 2
        assert await rewrap(connection, both, FILES) == 0
        assert await left(connection, both) == Left(persons=0, files=0, retired=1)
        assert await rewrap(connection, both, PERSONS) == 0
        alone = Keys(
            both.current,
            {both.current: both.wrapping[both.current]},
            {both.current: both.secret[both.current]},
            both.matching,
            both.codes,
            both.located,
            both.digests,
        )
        found = await read(connection, alone, [person], ["name"])
        assert found[0].fields["name"][0].value == NAME
        old = Keys.of(b"m" * 32, b"c" * 32)
        [holding] = await read(connection, old, [person], ["name"])
        assert (dict(holding.fields), holding.unreadable) == ({}, ("name",))


async def test_a_key_that_nobody_was_given_is_counted_and_left(scene: Scene) -> None:
    await registered(scene)
    other = Keys.of(os.urandom(32), b"c" * 32, retired=[os.urandom(32)])
    async with scene.pool.acquire() as connection:
        assert await rewrap(connection, other, PERSONS) == 0
        assert (await left(connection, other)).persons == 2


async def test_the_operator_alone_renews_the_vaults_keys(scene: Scene) -> None:
    await registered(scene)
    turned_away = await scene.post("/operator/vault/rewrap", {}, by="lc-01")
    assert turned_away.status_code == 403
    done = await scene.post("/operator/vault/rewrap", {}, by="op-01")
    rewrapped = {"persons": 0, "files": 0, "photos": 0}
    assert done.json() == {"rewrapped": rewrapped, **rewrapped, "retired": 0}


async def test_what_an_act_left_behind_that_never_came_to_be_is_swept(
    scene: Scene,
) -> None:
    numbered = {"channel": "12345", "channel_number": "H-1"}
    await registered(scene, **numbered)
    other = {"name": "另一人", "id_number": {"number": "310117189912310026"}}
    refused = await scene.post(
        "/v1/complaints", complaint(workers=[other], **numbered), by="lc-01"
    )
    assert refused.status_code == 409
    count = "SELECT count(*) FROM vault.person"
    assert await scene.pool.fetchval(count) == 3
    async with scene.pool.acquire() as connection:
        assert await sweep(connection) == 0
        assert await sweep(connection, timedelta(0)) == 1
    assert await scene.pool.fetchval(count) == 2


async def test_a_repeat_after_an_erasure_brings_nothing_back(scene: Scene) -> None:
    key = str(uuid4())
    first = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    person = UUID(first.json()["claims"][0]["person_id"])
    async with scene.pool.acquire() as connection:
        assert await erase(connection, person)
    again = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    assert again.status_code == 201
    assert (await asked(scene, str(person)))["persons"] == []
