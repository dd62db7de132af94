"""Bad input at the open doors: code, advice, and nothing lost."""

import json
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Act, Whole

YUAN = {"minor": 100_000, "currency": "CNY"}
DEEP = "[" * 5_000 + "]" * 5_000


def complaint(**more: Any) -> dict[str, Any]:
    """Return a complaint that is in order but for what is given."""
    said = {
        "channel": "window",
        "employer": {"name": "虚构机械有限公司"},
        "workers": [{"name": "演示工一", "claimed": YUAN}],
        "reporter": {"worker": 1},
    }
    return {**said, **more}


def worker(**more: Any) -> dict[str, Any]:
    """Return a complaint of one worker with these fields."""
    return complaint(workers=[{"name": "演示工一", "claimed": YUAN, **more}])


async def ask(
    whole: Whole, body: Any, who: str | None = "li-01", **headers: str
) -> httpx.Response:
    """Send a complaint as it is: bytes are sent raw."""
    async with whole.client("intake", who) as client:
        told = {"Idempotency-Key": str(uuid4()), **headers}
        if isinstance(body, bytes):
            told.setdefault("Content-Type", "application/json")
            return await client.post("/v1/complaints", content=body, headers=told)
        return await client.post("/v1/complaints", json=body, headers=told)


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Hold that it is a problem of RFC 9457 with words, a trace, and no traceback."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    assert said["title"]
    assert said["detail"]
    assert "trace_id" in said
    assert "Traceback" not in answer.text
    assert "pydantic" not in answer.text
    return said


async def recorded(whole: Whole) -> int:
    """Return how many facts intake's journal holds."""
    async with whole.database("intake") as pool:
        count: int = await pool.fetchval("SELECT seq FROM journal.head")
        return count


FIELDS = {
    "unknown channel": complaint(channel="carrier-pigeon"),
    "impossible birthday": worker(
        id_number={"type": "citizen", "number": "310199189513451234"}
    ),
    "negative amount": worker(claimed={"minor": -1, "currency": "CNY"}),
    "fraction of a fen": worker(claimed={"minor": 100.5, "currency": "CNY"}),
    "absurd amount": worker(claimed={"minor": 10**15, "currency": "CNY"}),
    "future": complaint(occurred_at="2199-01-01T00:00:00+08:00"),
    "before 1980": complaint(occurred_at="1979-12-31T00:00:00+08:00"),
    "no offset": complaint(occurred_at="2023-11-10T09:00:00"),
    "unknown field": complaint(colour="blue"),
    "nobody": complaint(workers=[], reporter=None),
}


@pytest.mark.parametrize("body", FIELDS.values(), ids=FIELDS.keys())
async def test_a_wrong_field_is_named_with_its_code_and_nothing_is_recorded(
    whole: Whole, body: dict[str, Any]
) -> None:
    before = await recorded(whole)
    said = refused(await ask(whole, body), 422)
    assert said["errors"]
    for error in said["errors"]:
        assert error["code"]
        assert error["detail"]
    assert await recorded(whole) == before


RAW = {
    "invalid UTF-8": (b'{"channel": "\xff\xfe"}', 400),
    "no JSON": (b"{", 400),
    "deep JSON": (f'{{"channel": {DEEP}}}'.encode(), 422),
    "NUL": (json.dumps(complaint(employer={"name": "\0"})).encode(), 422),
    "10 MB": (b'{"channel": "' + b"a" * 10_000_000 + b'"}', 413),
}


@pytest.mark.parametrize(("body", "status"), RAW.values(), ids=RAW.keys())
async def test_a_body_that_cannot_be_read_is_refused_in_a_sentence(
    whole: Whole, body: bytes, status: int
) -> None:
    before = await recorded(whole)
    refused(await ask(whole, body), status)
    assert await recorded(whole) == before


async def test_a_wrong_check_character_warns_and_is_let_through(whole: Whole) -> None:
    """E10 of the campaign: early codes are legal all the same."""
    employer = {"name": "虚构机械有限公司", "credit_code": "91310199MADEM0010W"}
    answer = await ask(whole, complaint(employer=employer))
    assert answer.status_code == 201, answer.text
    assert answer.json()["warnings"]


@pytest.mark.parametrize("name", ["𠮷野家虚构店", "虚构😀公司", "虚构\u3000公司"])
async def test_rare_characters_and_pictures_in_names_are_kept(
    whole: Whole, name: str
) -> None:
    answer = await ask(whole, complaint(employer={"name": name}))
    assert answer.status_code == 201, answer.text
    async with whole.database("intake") as pool:
        data = await pool.fetchval(
            "SELECT data FROM journal.event WHERE stream = $1 ORDER BY version LIMIT 1",
            f"clue-{answer.json()['clue_id']}",
        )
    assert json.loads(data)["employer"]["name"] == name


async def test_the_same_channel_number_is_one_clue(whole: Whole) -> None:
    """Domain §5.9, 14."""
    number = f"SJ{uuid4().int % 10**10}"
    body = complaint(channel="12345", channel_number=number)
    first = await ask(whole, body)
    assert first.status_code == 201, first.text
    said = refused(await ask(whole, body), 409)
    assert "channel-number-known" in said["type"] or said.get("code")
    assert said["clue_id"] == first.json()["clue_id"]


async def test_a_repeated_key_gives_the_first_answer_and_another_body_422(
    whole: Whole,
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await ask(whole, complaint(), **key)
    again = await ask(whole, complaint(), **key)
    assert again.json()["clue_id"] == first.json()["clue_id"]
    assert again.json()["repeated"]
    other = worker(claimed={"minor": 1, "currency": "CNY"})
    refused(await ask(whole, other, **key), 422)


async def test_creating_needs_a_key(whole: Whole) -> None:
    async with whole.client("intake", "li-01") as client:
        refused(await client.post("/v1/complaints", json=complaint()), 400)


async def test_an_act_names_the_version_it_saw(whole: Whole) -> None:
    begun = await complain(whole)
    path = f"/v1/clues/{begun.clue_id}/screening"
    async with whole.client("intake", "li-01") as client:
        key = {"Idempotency-Key": str(uuid4())}
        body = {"matter": "wage"}
        refused(await client.post(path, json=body, headers=key), 428)
        for tag in ('"v1"', '"v99"', '"other"'):
            headers = {**key, "If-Match": tag}
            stale = await client.post(path, json=body, headers=headers)
            refused(stale, 412)
            assert stale.headers["ETag"] == '"v3"'


def forged() -> str:
    """Return a token signed with a key of nobody."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"sub": "lg-01", "iss": "https://issuer.qingxin.invalid", "aud": "qingxin"}
    return jwt.encode({**claims, "exp": 2**33}, key, "RS256", headers={"kid": "x"})


def tampered(token: str) -> str:
    """Return a token whose signature does not fit."""
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature[:-6]}AAAAAA"


@pytest.mark.parametrize("kind", ["forged", "tampered", "unsigned", "no token"])
async def test_a_token_of_nobody_opens_no_door(whole: Whole, kind: str) -> None:
    tokens = {
        "forged": forged(),
        "tampered": tampered(whole.token("lg-01")),
        "unsigned": jwt.encode({"sub": "lg-01", "exp": 2**33}, "", "none"),
        "no token": "x",
    }
    begun = await complain(whole)
    async with whole.client("intake") as client:
        headers = {"Authorization": f"Bearer {tokens[kind]}"}
        answer = await client.get(f"/v1/clues/{begun.clue_id}", headers=headers)
    refused(answer, 401)
    assert "WWW-Authenticate" in answer.headers


async def test_another_units_case_does_not_exist_or_names_who_may(
    whole: Whole,
) -> None:
    """Architecture §6."""
    begun = await complain(whole)
    await whole.settled()
    case = f"/v1/cases/{begun.case_id}"
    for service in ("routing", "enforcement"):
        async with whole.client(service, "do-01") as client:
            refused(await client.get(case), 404)
    await whole.do(
        Act(
            "li-01", "routing", f"{case}/transfers", {"to_unit": "DO", "reason": "area"}
        )
    )
    async with whole.client("routing", "do-01") as client:
        seen = await client.get(case)
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": seen.headers["ETag"]}
        body = {"to_unit": "LM", "reason": "area"}
        answer = await client.post(f"{case}/transfers", json=body, headers=headers)
    assert refused(answer, 403)["may"] == ["LI"]


async def test_a_role_without_the_power_is_told_who_has_it(whole: Whole) -> None:
    begun = await complain(whole)
    await whole.settled()
    path = f"/v1/cases/{begun.case_id}/filing"
    async with whole.client("enforcement", "li-01") as client:
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"v0"'}
        answer = await client.post(path, json={"officer_ids": []}, headers=headers)
    assert refused(answer, 403)["may"] == ["brigade"]


async def test_a_case_is_handed_to_no_unit_that_does_not_stand(whole: Whole) -> None:
    begun = await complain(whole)
    await whole.settled()
    path = f"/v1/cases/{begun.case_id}"
    async with whole.client("routing", "li-01") as client:
        tag = (await client.get(path)).headers["ETag"]
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": tag}
        body = {"to_unit": "ZZ", "reason": "area"}
        answer = await client.post(f"{path}/transfers", json=body, headers=headers)
    assert refused(answer, 409)["detail"]


async def test_no_log_of_a_service_holds_a_traceback(whole: Whole) -> None:
    for body in (*FIELDS.values(), *(raw for raw, _ in RAW.values())):
        await ask(whole, body)
    for log in (whole.state / "logs").glob("*.log"):
        assert "Traceback" not in log.read_text(errors="replace"), log.name
