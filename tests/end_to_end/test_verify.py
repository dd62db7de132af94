"""`qingxin verify` over the running system: it agrees, or says where it does not."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

import pytest

from services.reporting.views.case import VIEW
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import ALL, Whole
from tests.stack import FreshTopics, with_database
from tests.topic_copy import Raw, read_raw, write_raw

UNGUARDED = "ALTER TABLE journal.event DISABLE TRIGGER USER"
GUARDED = "ALTER TABLE journal.event ENABLE TRIGGER USER"
SWAP = """
UPDATE journal.event SET data = replace(data, $1, $2)
WHERE seq = (SELECT min(seq) FROM journal.event WHERE data LIKE '%' || $1 || '%')
RETURNING seq"""

HOPS = f"UPDATE {VIEW.table} SET hops = hops + $2 WHERE case_id = $1"
FLIP = """
UPDATE vault.field SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)
WHERE field = 'name' AND person_id = (
    SELECT person_id FROM vault.field WHERE field = 'name' ORDER BY 1 LIMIT 1)
RETURNING person_id"""


async def test_all_four_services_agree_and_the_answer_is_also_json(
    whole: Whole,
) -> None:
    await complain(whole)
    said = await whole.cli("verify", "--json")
    found = json.loads(said.out)
    assert said.code == 0, said
    assert set(found) == set(ALL)
    assert all(
        one["agrees"] and one["rows"] == one["records"] for one in found.values()
    )
    assert found["intake"]["rows"] > 0


async def test_one_byte_edited_by_a_superuser_is_named_with_exit_code_4(
    whole: Whole,
) -> None:
    await complain(whole)
    seq = await edited(whole, '"channel":"window"', '"channel":"windox"')
    said = await whole.cli("verify", "--service", "intake")
    again = await edited(whole, '"channel":"windox"', '"channel":"window"')
    assert again == seq
    assert said.code == 4, said
    assert f"event {seq} is not what was recorded" in said.out
    mended = await whole.cli("verify", "--service", "intake")
    assert mended.code == 0, mended


async def test_a_changed_row_of_a_view_and_a_changed_vault_value_are_named(
    whole: Whole,
) -> None:
    begun = await complain(whole)
    await whole.settled()
    person = await changed(whole, begun.case_id, 7)
    views = await whole.cli("verify", "--service", "reporting", "--views")
    vault = await whole.cli("verify", "--service", "intake", "--vault")
    assert await changed(whole, begun.case_id, -7) == person
    assert (views.code, vault.code) == (4, 4), (views, vault)
    assert (
        f"WRONG · view {VIEW.name} is not what the topics say: case-{begun.case_id}\n"
    ) in views.out
    assert f"WRONG · vault: person {person}, field name, does not open" in vault.out
    views = await whole.cli("verify", "--service", "reporting", "--views")
    vault = await whole.cli("verify", "--service", "intake", "--vault")
    assert (views.code, vault.code) == (0, 0), (views, vault)


async def changed(whole: Whole, case_id: UUID, hops: int) -> UUID:
    """Change a case's row and a person's name where they are stored."""
    async with whole.database("reporting") as pool:
        assert await pool.execute(HOPS, case_id, hops) == "UPDATE 1"
    async with whole.database("intake") as pool:
        person: UUID = await pool.fetchval(FLIP)
    return person


async def edited(whole: Whole, old: str, new: str) -> int:
    """Change a text in the first row that holds it, as only a superuser can."""
    admin = whole.settings.servers.admin
    dsn = with_database(admin, whole.settings.database("intake").name)
    async with (
        whole.database("intake", dsn) as pool,
        pool.acquire() as connection,
        connection.transaction(),
    ):
        await connection.execute(UNGUARDED)
        seq: int = await connection.fetchval(SWAP, old, new)
        await connection.execute(GUARDED)
    return seq


@pytest.mark.slow
async def test_a_copied_topic_that_lacks_one_record_is_told_from_a_faithful_one(
    whole: Whole, topics: FreshTopics
) -> None:
    await complain(whole)
    await whole.settled()
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    raw = await read_raw(kafka, f"{prefix}qingxin.intake.v1")

    async def verified_against(name: str, records: Iterable[Raw]) -> tuple[int, str]:
        topic = (await topics.make(name, partitions=12))[0]
        await write_raw(kafka, topic, records)
        said = await whole.cli("verify", "--service", "intake", "--topic", topic)
        return said.code, said.out

    code, out = await verified_against("faithful", raw)
    assert code == 0, out
    code, out = await verified_against("lacking", without_first(raw))
    assert code == 4
    assert "intake       WRONG" in out
    assert "missing" in out or "is not on the topic" in out


def without_first(raw: Sequence[Raw]) -> Sequence[Raw]:
    """Leave out the first event, however often a relay sent it again."""
    ids = [dict(record.headers).get("ce_id") for record in raw]
    first = next(filter(None, ids))
    return [record for record, this in zip(raw, ids, strict=True) if this != first]


async def test_what_cannot_be_compared_is_one_line(whole: Whole) -> None:
    said = await whole.cli("verify", "--service", "intake", "--topic", "nowhere")
    assert said.code == 1
    assert said.err == (
        "qingxin: Nothing to compare with: there is no topic nowhere.\n"
    )
