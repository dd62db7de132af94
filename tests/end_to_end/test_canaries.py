"""Canaries: a person's words, entered at the doors, stand nowhere but in the vault."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from libs.codes.bank_card import luhn_holds
from libs.codes.citizen_id import id_check_character
from tests.end_to_end.complaint import Carried, carry, complain
from tests.end_to_end.handed_out import handed_out
from tests.end_to_end.sinks import every_sink, leaks
from tests.end_to_end.whole import Act, Whole
from tests.stack import with_database
from tests.topic_copy import Raw, write_raw

FIRST_17 = "31019918931105777"
ID_NUMBER = FIRST_17 + id_check_character(FIRST_17)
ALSO_17 = "31019918971105777"
PHONE = "13905550177"
CARD = next(card for n in range(10) if luhn_holds(card := f"622202100011223377{n}"))
NAME, REPORTER = "欧阳金丝雀", "司徒矿井"
BOSS = "皇甫个体老板"
SUMMARY = "我在鸟笼街七号被拖欠工资，请打我爱人电话。"
REPLY = "已当面告知金丝雀女士款项明天到账。"
INFORMER, TIP = "司空报信雀", "仓库后院还有二十人没领到钱，别说是我讲的。"
OF_INFORMER = ALSO_17 + id_check_character(ALSO_17)
INFORMANT = {
    "name": INFORMER,
    "phone": "13905550188",
    "id_number": {"type": "citizen", "number": OF_INFORMER},
    "role": "other",
}
NUMBER = f"H-{uuid4().hex[:12]}"
OUTSIDE = {
    "/console/ledger",
    "/console/ledger.csv",
    "/console/ledger.xlsx",
    "/console/channels",
    "/console/channels/answers.xlsx",
    "/v1/ledger",
    "case.zip",
}
"""What goes out and names the report's own number."""
SECRET = (INFORMER, "13905550188", OF_INFORMER, TIP, TIP[:8])
CANARIES = (*SECRET, NAME, REPORTER, BOSS, ID_NUMBER, PHONE, CARD, SUMMARY, REPLY)
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


@dataclass(frozen=True)
class Entered:
    """A report that was carried to its end, and what the vault has of two persons."""

    report: Carried
    worker: Mapping[str, Any]
    informant: Mapping[str, Any]


async def entered(whole: Whole) -> Entered:
    """Enter the canaries at every door that takes words, and read them back."""
    begun = await reported(whole)
    person = begun.answer["claims"][0]["person_id"]
    worker = await read(whole, person, ["name", "phone"])
    search = {"phone": PHONE, "reason": "duplicate"}
    await whole.do(Act("li-01", "intake", "/v1/searches", search, on_something=False))
    other = await complain(whole, **SAID)
    reply = {"form": "spoken", "conclusion": "paid", "text": REPLY}
    path = f"/v1/clues/{other.clue_id}"
    screened = {"matter": "wage", "jurisdiction": "ours"}
    await whole.do(Act("li-01", "intake", f"{path}/screening", screened))
    await whole.do(Act("li-01", "intake", f"{path}/reply", reply))
    case = await whole.get("li-01", "reporting", f"/v1/cases/{begun.case_id}")
    told = case["clue"]["reporter_id"]
    fields = ["name", "phone", "id_number", "summary"]
    informant = await read(whole, told, fields, "informants")
    await whole.settled()
    return Entered(begun, worker, informant)


async def reported(whole: Whole) -> Carried:
    """Report the same workers' wages; the report goes with its file, and is ended."""
    item = {"item": "work_order", "order_kind": "help", "received_on": "2023-11-10"}
    channel = {"channel": "12345", "channel_number": NUMBER, "item": item}
    who_said = {"mode": "named", "reporter": INFORMANT, "summary": TIP}
    said = {**SAID, **channel, **who_said}
    begun = await complain(whole, "lc-01", "/v1/reports", **said)
    ruling = {"to_unit": "LI", "article": "信访工作条例第二十四条"}
    path = f"/v1/cases/{begun.case_id}/ruling"
    await whole.do(Act("lg-01", "routing", path, ruling))
    await whole.settled()
    return await carry(whole, begun, "platform")


async def read(
    whole: Whole, person: str, fields: list[str], kept_in: str = "persons"
) -> Mapping[str, Any]:
    """Read a person's data as who holds the case may."""
    why = {"reason": "call", "kept_in": kept_in}
    asked = {"person_ids": [person], "fields": fields, **why}
    act = Act("li-01", "intake", "/v1/persons/read", asked, on_something=False)
    (found,) = (await whole.do(act))["persons"]
    fields_of: Mapping[str, Any] = found["fields"]
    return fields_of


@pytest.fixture(scope="module")
def told(whole: Whole) -> Entered:
    """The canaries entered, once for the tests of this file."""
    return asyncio.run(entered(whole))


async def test_a_persons_words_stand_in_no_event_topic_log_trace_error_or_dump(
    whole: Whole, told: Entered
) -> None:
    have = "the vault must have them, or this proves nothing"
    assert told.worker["name"] == NAME, have
    assert (told.informant["name"], told.informant["summary"]) == (INFORMER, TIP), have
    answered = await refusals(whole)
    found = await every_sink(whole)
    names = {where for where, _ in found}
    assert "intake: journal.event" in names
    assert "reporting: public.trace_span" in names
    assert "logs/intake.log" in names
    assert leaks([*answered, *found], CANARIES) == []


async def test_nothing_that_goes_out_says_who_reported_or_a_persons_number(
    whole: Whole, told: Entered, tmp_path: Path
) -> None:
    """LIR 9 ¶3, 30(4); domain §5.9, 13: registers, workbooks, pages, files, codes."""
    found = await handed_out(whole, told.report, tmp_path)
    assert leaks(found, CANARIES) == []
    numbers = (told.report.receipt, NUMBER)
    about = {where.partition(": ")[0] for where, text in found if _says(text, numbers)}
    assert OUTSIDE | {f"/v1/cases/{told.report.case_id}"} <= about, (
        "or it proves little"
    )
    assert {"by code"} == {where[:7] for where in about if where.startswith("by")}
    case = await whole.get("li-01", "reporting", f"/v1/cases/{told.report.case_id}")
    assert case["handed_over"]["hand_overs"], "its file went with the case"


def _says(text: bytes, words: Sequence[str]) -> bool:
    return any(word.encode() in text for word in words)


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
