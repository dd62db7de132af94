"""Canaries: a person's words, entered at the doors, stand nowhere but in the vault."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import asyncpg

from libs.codes.bank_card import luhn_holds
from libs.codes.citizen_id import id_check_character
from tests.end_to_end.complaint import carry, complain
from tests.end_to_end.sinks import every_sink, leaks
from tests.end_to_end.whole import Act, Whole
from tests.stack import with_database
from tests.topic_copy import Raw, write_raw

FIRST_17 = "31019918931105777"
ID_NUMBER = FIRST_17 + id_check_character(FIRST_17)
PHONE = "13905550177"
CARD = next(card for n in range(10) if luhn_holds(card := f"622202100011223377{n}"))
NAME, REPORTER = "欧阳金丝雀", "司徒矿井"
BOSS = "皇甫个体老板"
SUMMARY = "我在鸟笼街七号被拖欠工资，请打我爱人电话。"
REPLY = "已当面告知金丝雀女士款项明天到账。"
CANARIES = (NAME, REPORTER, BOSS, ID_NUMBER, PHONE, CARD, SUMMARY, REPLY)
SAID: Mapping[str, Any] = {
    "workers": [
        {
            "name": NAME,
            "id_number": {"type": "citizen", "number": ID_NUMBER},
            "phone": PHONE,
            "bank_card": CARD,
            "claimed": {"minor": 1_234_500, "currency": "CNY"},
        }
    ],
    "reporter": {"name": REPORTER, "phone": PHONE, "role": "family"},
    "employer": {"name": BOSS, "individual": True},
    "summary": SUMMARY,
}


async def refusals(whole: Whole) -> list[tuple[str, bytes]]:
    """Provoke errors with the canaries in them; return what was answered."""
    bad = {
        "unknown field": {**SAID, "channel": "window", NAME: SUMMARY},
        "bad channel": {**SAID, "channel": NAME},
        "bad amount": {**SAID, "workers": [{"name": NAME, "claimed": PHONE}]},
        "bad number": {
            **SAID,
            "workers": [{"name": NAME, "id_number": {"number": f"{PHONE}XY"}}],
        },
    }
    answered = []
    async with whole.client("intake", "li-01") as client:
        for name, body in bad.items():
            headers = {"Idempotency-Key": str(uuid4())}
            answer = await client.post("/v1/complaints", json=body, headers=headers)
            assert answer.status_code == 422, answer.text
            answered.append((f"error: {name}", answer.content))
        answer = await client.get(f"/v1/clues/{NAME}", params={"phone": PHONE})
        assert answer.is_error
        answered.append(("error: a path of words", answer.content))
    return answered


async def entered(whole: Whole) -> Mapping[str, Any]:
    """Enter the canaries at every door that takes words, and read them back."""
    begun = await complain(whole, **SAID)
    clue = f"/v1/clues/{begun.clue_id}"
    person = begun.answer["claims"][0]["person_id"]
    await carry(whole, begun)
    reading = {"person_ids": [person], "fields": ["name", "phone"], "reason": "call"}
    read = Act("li-01", "intake", "/v1/persons/read", reading, on_something=False)
    said = await whole.do(read)
    search = {"phone": PHONE, "reason": "duplicate"}
    await whole.do(Act("li-01", "intake", "/v1/searches", search, on_something=False))
    other = await complain(whole, **SAID)
    reply = {"form": "spoken", "conclusion": "paid", "text": REPLY}
    path = f"/v1/clues/{other.clue_id}"
    screened = {"matter": "wage", "jurisdiction": "ours"}
    await whole.do(Act("li-01", "intake", f"{path}/screening", screened))
    await whole.do(Act("li-01", "intake", f"{path}/reply", reply))
    assert clue != path
    await whole.settled()
    return said


async def test_a_persons_words_stand_in_no_event_topic_log_trace_error_or_dump(
    whole: Whole,
) -> None:
    read = await entered(whole)
    person = read["persons"][0]["fields"]
    assert person["name"] == NAME, "the vault must have them, or this proves nothing"
    answered = await refusals(whole)
    found = await every_sink(whole)
    names = {where for where, _ in found}
    assert "intake: journal.event" in names
    assert "reporting: public.trace_span" in names
    assert "logs/intake.log" in names
    assert leaks([*answered, *found], CANARIES) == []


PLANTED = "甪里泄漏"


async def test_a_planted_leak_is_found_wherever_it_stands(whole: Whole) -> None:
    log = whole.state / "logs" / "planted.log"
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    topic = f"{prefix}qingxin.routing.v1"
    headers = (("note", PLANTED.encode()),)
    await write_raw(kafka, topic, [Raw(1, b"k", None, headers)])
    dsn = with_database(
        whole.settings.servers.admin, whole.settings.database("routing").name
    )
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE planted (at bytea)")
        await connection.execute("INSERT INTO planted VALUES ($1)", PLANTED.encode())
        log.write_bytes(b'{"said":"\\u752a\\u91cc\\u6cc4\\u6f0f"}\n')
        found = leaks(await every_sink(whole), [PLANTED])
    finally:
        await connection.execute("DROP TABLE planted")
        await connection.close()
        log.unlink()
    assert set(found) == {
        f"{PLANTED} in {topic}",
        f"{PLANTED} in routing: public.planted",
        f"{PLANTED} in logs/planted.log",
    }
