"""Evidence from the running system: seals, proofs, exports, checked by a stranger."""

import json
import sys
import zipfile
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.codes.citizen_id import id_check_character
from tests.end_to_end.complaint import carry, complain
from tests.end_to_end.whole import Said, Whole

FIRST_17 = "31019918981105777"  # A person who cannot exist.
NAME, PHONE, NUMBER = (
    "核验金丝雀",
    "13905550166",
    FIRST_17 + id_check_character(FIRST_17),
)
SUMMARY = "核验包里不应有这句话。"
AMOUNT = {"minor": 1_234_500, "currency": "CNY"}
WORKER = {
    "name": NAME,
    "id_number": {"type": "citizen", "number": NUMBER},
    "phone": PHONE,
    "claimed": AMOUNT,
}


async def checked(path: Path, *trusted: str) -> Said:
    """Check an export as a stranger: with the checker that is in it, and no more."""
    with zipfile.ZipFile(path) as export:
        export.extract("check.py", path.parent)
    process = await create_subprocess_exec(
        sys.executable,
        *("-I", "check.py", path.name, *trusted),
        cwd=path.parent,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    return Said(process.returncode or 0, out.decode(), err.decode())


async def asked(whole: Whole, *words: str) -> Mapping[str, Any]:
    said = await whole.cli(*words, "--json")
    assert said.code == 0, said
    answer: Mapping[str, Any] = json.loads(said.out)
    return answer


async def test_a_case_is_exported_and_checked_without_us_and_holds_no_person(
    whole: Whole, tmp_path: Path
) -> None:
    begun = await complain(whole, workers=[WORKER], summary=SUMMARY)
    await carry(whole, begun)
    path = tmp_path / "case.zip"
    said = await whole.cli("export", "--case", begun.receipt, str(path))
    assert said.code == 0, said
    found = await checked(path)
    assert found.code == 0, found
    assert "All of it holds." in found.out
    for word in ("ComplaintReceived", "CaseOpened", "PaymentOrdered", "WagesPaid"):
        assert word in found.out
    with zipfile.ZipFile(path) as export:
        whole_text = "".join(export.read(n).decode() for n in export.namelist())
    assert begun.receipt in whole_text
    assert not [w for w in (NAME, PHONE, NUMBER, SUMMARY) if w in whole_text]


async def test_a_whole_topic_is_exported_and_an_altered_one_refused(
    whole: Whole, tmp_path: Path
) -> None:
    await complain(whole)
    path = tmp_path / "topic.zip"
    said = await whole.cli("export", "--topic", "intake", str(path))
    assert said.code == 0, said
    listed = await asked(whole, "seals", "--service", "intake")
    keys = [key["key_id"] for key in listed["intake"]["keys"]]
    found = await checked(path, *keys)
    assert found.code == 0, found
    assert "agree with" in found.out
    refused = await checked(path, "00" * 16)
    assert refused.code == 1
    assert "nobody vouches for it" in refused.err
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "intake.jsonl":
                text = text.replace(
                    b'\\"channel\\":\\"window', b'\\"channel\\":\\"windox', 1
                )
            new.writestr(name, text)
    refused = await checked(tmp_path / "x.zip")
    assert refused.code == 1
    assert "not what was recorded" in refused.err


@pytest.mark.slow
async def test_an_event_is_proved_by_number_and_by_id(
    whole: Whole, tmp_path: Path
) -> None:
    await complain(whole)
    await asked(whole, "seals", "make", "--service", "intake")
    path = tmp_path / "proof.zip"
    by_number = await asked(whole, "prove", "intake:1", str(path))
    (proof,) = by_number["proofs"]
    assert await asked(whole, "prove", proof["id"]) == by_number
    found = await checked(path)
    assert found.code == 0, found
    said = await whole.cli("prove", "intake:1")
    assert f"intake:1 {proof['id']}" in said.out
    assert "signed with key" in said.out


@pytest.mark.slow
async def test_seals_go_on_from_one_another_and_verify_counts_them(
    whole: Whole,
) -> None:
    for _ in range(2):
        await complain(whole)
        await asked(whole, "seals", "make")
    grown = await whole.cli("seals", "consistency", "--service", "intake")
    assert grown.code == 0, grown
    assert "goes on from seal 1" in grown.out
    listed = await whole.cli("seals")
    assert listed.code == 0, listed
    assert "NOT SIGNED" not in listed.out
    # Who has neither Kafka nor the folder gets the same over HTTP, signed in or not.
    by_cli = (await asked(whole, "seals", "--service", "intake"))["intake"]
    async with httpx.AsyncClient(base_url=whole.settings.address("intake")) as http:
        told = (await http.get("/seals.json")).json()
        rest = (await http.get("/seals.json?after=1")).json()
    signed = [{**seal, "signed": True} for seal in told["seals"]]
    assert (told["keys"], signed) == (by_cli["keys"], by_cli["seals"])
    assert rest["seals"] == told["seals"][1:]
    found = await asked(whole, "verify")
    assert all(one["agrees"] for one in found.values()), found
    # Where nothing was recorded there is nothing to seal.
    assert all(one["seals"] for one in found.values() if one["rows"]), found


@pytest.mark.slow
async def test_a_key_is_rotated_under_way(whole: Whole, tmp_path: Path) -> None:
    await complain(whole)
    await asked(whole, "seals", "make", "--service", "intake")
    rotated = await asked(whole, "seals", "rotate", "--service", "intake")
    assert rotated["vouched"]
    await complain(whole)
    path = tmp_path / "topic.zip"
    assert (await whole.cli("export", "--topic", "intake", str(path))).code == 0
    listed = await asked(whole, "seals", "--service", "intake")
    assert listed["intake"]["seals"][-1]["key_id"] == rotated["key_id"]
    first = listed["intake"]["keys"][0]["key_id"]
    found = await checked(path, first)
    assert found.code == 0, found


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("prove", "rust"), "rust names no event: write its id, or intake:41."),
        (("prove", "intake:999999999"), "intake has no event 999999999."),
        (("prove", f"{'0' * 8}-0000-4000-8000-{'0' * 12}"), "No service has an event"),
        (("seals", "consistency"), "Say whose: --service NAME."),
        (("seals", "consistency", "1", "--service", "intake"), "two seals"),
        (("export", "--case", "none", "x.zip"), "No case of number none"),
        (("export", "--topic", "intake", "/nowhere/x.zip"), "/nowhere/x.zip"),
    ],
)
async def test_what_cannot_be_shown_is_one_line(
    whole: Whole, words: tuple[str, ...], reason: str
) -> None:
    said = await whole.cli(*words)
    assert said.code == 1, said
    assert said.err.startswith("qingxin: ")
    assert reason in said.err
    assert said.err.count("\n") == 1
