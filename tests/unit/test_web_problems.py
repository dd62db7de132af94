"""Every error is the one problem shape, says what to do, and repeats nothing."""

from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from libs.web.app import make_app
from libs.web.doors import Door
from libs.web.problem_kinds import RULE
from tests.unit.web_door import bearer, client, refusals, routes, settings, token

NUMBER = uuid4()
KEYED = {"Idempotency-Key": "0123456789abcdef"}
MEMBERS = {"type", "title", "status", "detail", "instance", "errors", "trace_id"}


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    body: dict[str, object] = answer.json()
    assert answer.status_code == status, body
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(body) >= MEMBERS
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert body["detail"]
    assert len(str(body["trace_id"])) == 32
    return body


@dataclass(frozen=True)
class Case:
    """A request, and the problem that answers it."""

    status: int
    code: str
    method: str
    path: str
    headers: dict[str, str]
    content: bytes


CASES = [
    Case(400, "json-malformed", "POST", "/v1/notes", KEYED, b"{"),
    Case(400, "idempotency-key-missing", "POST", "/v1/notes", {}, b'{"words":"a"}'),
    Case(401, "token-missing", "GET", "/v1/whoami", {}, b""),
    Case(403, "officer-unknown", "GET", "/v1/whoami", bearer(token(sub="nn")), b""),
    Case(403, "not-permitted", "POST", "/v1/orders", bearer(), b""),
    Case(403, "not-yours", "GET", "/raise/not-yours", {}, b""),
    Case(404, "not-found", "GET", "/nowhere", {}, b""),
    Case(404, "not-found", "GET", "/raise/invisible", {}, b""),
    Case(405, "method-not-allowed", "DELETE", "/v1/notes", {}, b""),
    Case(406, "not-acceptable", "GET", "/v1/whoami", {"Accept": "text/csv"}, b""),
    Case(409, "payment-known", "GET", "/raise/rule", {}, b""),
    Case(412, "stale", "PUT", f"/v1/notes/{NUMBER}", {"If-Match": '"v16"'}, b""),
    Case(413, "body-too-large", "POST", "/v1/notes", KEYED, b" " * 20_001),
    Case(415, "media-type", "POST", "/v1/notes", {"Content-Type": "text/csv"}, b"a"),
    Case(422, "invalid", "POST", "/v1/notes", KEYED, b'{"words":""}'),
    Case(428, "if-match-missing", "PUT", f"/v1/notes/{NUMBER}", {}, b""),
    Case(422, "key-reused", "GET", "/raise/reused", {}, b""),
    Case(412, "stale", "GET", "/raise/moved", {}, b""),
    Case(409, "rival-act", "GET", "/raise/contended", {}, b""),
    Case(503, "overloaded", "GET", "/raise/full", {}, b""),
    Case(503, "database-away", "GET", "/raise/away", {}, b""),
    Case(503, "database-away", "GET", "/raise/lost", {}, b""),
    Case(503, "database-away", "GET", "/raise/refused", {}, b""),
    Case(500, "internal", "GET", "/raise/bug", {}, b""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.code}")
async def test_a_problem_has_its_status_and_code(case: Case) -> None:
    kind = {"Content-Type": "application/json"} if case.content else {}
    async with client() as door:
        answer = await door.request(
            case.method,
            case.path,
            headers={**kind, **case.headers},
            content=case.content,
        )
    assert_problem(answer, case.status, case.code)


async def test_a_problems_type_leads_to_a_page() -> None:
    async with client() as door:
        refused = await door.get("/raise/rule")
        page = await door.get(refused.json()["type"])
        told = {"Accept-Language": "en"}
        in_english = await door.get(refused.json()["type"], headers=told)
        unlisted = await door.get("/problems/some-rule")
        strange = await door.get("/problems/<script>")
    assert page.status_code == unlisted.status_code == 200
    assert RULE.todo.zh in page.text
    assert "This payment is recorded already." in in_english.text
    assert strange.status_code == 404


async def test_a_problem_speaks_chinese_unless_english_is_asked_for() -> None:
    async with client() as door:
        chinese = await door.get("/raise/rule", headers={"Accept-Language": "fr"})
        english = await door.get(
            "/raise/rule", headers={"Accept-Language": "zh;q=0.5, en-GB"}
        )
    assert (chinese.json()["detail"], english.json()["detail"]) == (
        "已经付清。",
        "This payment is recorded already.",
    )
    assert english.headers["content-language"] == "en"


async def test_a_refusal_names_its_article() -> None:
    async with client() as door:
        refused = await door.get("/raise/rule")
    assert refused.json()["article"] == "WPR 7"


async def test_a_403_names_who_may() -> None:
    async with client() as door:
        role = await door.post("/v1/orders", headers=bearer())
        unit = await door.get("/raise/not-yours")
    assert role.json()["may"] == ["hrss-head"]
    assert "区人社局负责人" in role.json()["detail"]
    assert unit.json()["may"] == ["leading-group"]


async def test_a_405_lists_the_methods_of_all_routes_on_the_path() -> None:
    async with client() as door:
        one = await door.put("/v1/notes")
        other = await door.request("BREW", f"/v1/notes/{NUMBER}")
    assert one.headers["allow"] == "GET, POST, HEAD"
    assert other.headers["allow"] == "PUT"


async def test_validation_points_at_the_field_and_never_repeats_the_input() -> None:
    body = {"words": "李" * 41, "fen": -7_654_321, "310199189001010000": "王五"}
    async with client() as door:
        answer = await door.post("/v1/notes", json=body, headers=KEYED)
    told = assert_problem(answer, 422, "invalid")
    errors = told["errors"]
    assert isinstance(errors, list)
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/words", "string-too-long"),
        ("/fen", "greater-than-equal"),
        ("", "extra-forbidden"),
    ]
    for secret in ("李李", "7654321", "310199189001010000", "王五"):
        assert secret not in answer.text


async def test_a_validators_own_words_are_shown_unless_they_repeat_the_input() -> None:
    headers = {"Accept-Language": "en"}
    async with client() as door:
        named = await door.get("/v1/notes?limit=13", headers=headers)
        repeating = await door.get("/v1/notes?limit=7654321", headers=headers)
    assert named.json()["errors"] == [
        {"parameter": "limit", "code": "unlucky", "detail": "Another one."}
    ]
    assert repeating.status_code == 422
    assert "7654321" not in repeating.text


async def test_a_stale_act_is_told_the_present_version() -> None:
    async with client() as door:
        moved = await door.get("/raise/moved")
    assert moved.headers["etag"] == '"v18"'


async def test_a_bad_parameter_is_named_as_one() -> None:
    async with client() as door:
        answer = await door.put("/v1/notes/11", headers={"If-Match": '"v17"'})
    told = assert_problem(answer, 422, "invalid")
    assert told["errors"] == [
        {"parameter": "number", "code": "uuid-parsing", "detail": "须为 UUID。"}
    ]


async def test_an_unforeseen_error_tells_nothing_but_its_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with client() as door:
        answer = await door.get("/raise/bug")
    told = assert_problem(answer, 500, "internal")
    printed = capsys.readouterr()
    logged = printed.out + printed.err
    assert logged.count("request_failed") == 1
    assert str(told["trace_id"]) in logged
    assert "RuntimeError" in logged
    for secret in ("Traceback", "张三", "340199189001010000"):
        assert secret not in answer.text + logged


async def test_a_problem_carries_the_trace_of_the_caller() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    async with client() as door:
        answer = await door.get("/nowhere", headers=headers)
    assert answer.json()["trace_id"] == trace


async def test_a_closed_door_turns_acts_away_and_lets_readers_in() -> None:
    shut = Door()
    app = make_app(settings(), [routes(), refusals()], door=shut)
    shut.close(retry_after=3)
    async with client(app) as door:
        act = await door.post("/v1/notes", json={"words": "a"}, headers=KEYED)
        read = await door.get("/page")
        shut.open()
        later = await door.post("/v1/notes", json={"words": "a"}, headers=KEYED)
    assert_problem(act, 503, "closed")
    assert act.headers["retry-after"] == "3"
    assert (read.status_code, later.status_code) == (200, 201)


async def test_a_full_house_asks_to_come_later() -> None:
    app = make_app(settings(), [routes()], door=Door(capacity=0))
    async with client(app) as door:
        refused = await door.get("/page")
        alive = await door.get("/livez")
    assert_problem(refused, 503, "overloaded")
    assert refused.headers["retry-after"] == "1"
    assert alive.status_code == 200


async def test_a_drained_door_has_no_act_under_way() -> None:
    door = Door()
    door.enter(act=True)
    door.close()
    assert door.acts == 1
    door.leave(act=True)
    await door.drained()
    assert (door.acts, door.requests) == (0, 0)
