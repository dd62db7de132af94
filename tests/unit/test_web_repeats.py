"""Repeats, versions, cursors and limits as a client sees them."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from libs.web.callers import ANYBODY
from libs.web.cursor import Cursors, listing, next_link
from libs.web.etags import etag, seen_versions, unchanged
from libs.web.idempotency import canonical_json, idempotency_key, request_hmac
from libs.web.limits import Limiter, Rate
from libs.web.problems import Problem
from tests.unit.web_door import client

KEY = "018c5a5e-8b0c-7c5e-9d3e-2f6a1b4c7d8e"
LIST = listing("/v1/cases", {"unit": "centre", "limit": 20})


async def posted(body: bytes, key: str = KEY) -> dict[str, str]:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    async with client() as door:
        answer = await door.post("/v1/notes", content=body, headers=headers)
    assert answer.status_code == 201
    found: dict[str, str] = answer.json()
    return found


async def test_the_same_key_is_the_same_command_of_the_same_client() -> None:
    first = await posted(b'{"words":"a","fen":1}')
    again = await posted(b'{ "fen":1, "words":"\\u0061" }', f'"{KEY}"')
    assert first == again
    assert UUID(first["command"]) == uuid5(ANYBODY.actor.id, KEY)


async def test_another_body_or_key_is_told_apart() -> None:
    first = await posted(b'{"words":"a"}')
    body = await posted(b'{"words":"b"}')
    key = await posted(b'{"words":"a"}', KEY.upper())
    assert first["command"] == body["command"] != key["command"]
    assert first["hmac"] != body["hmac"]


async def test_a_file_sent_again_is_the_same_request() -> None:
    async def sent(content: bytes) -> str:
        files = {"file": ("a.xlsx", content)}
        async with client() as door:
            headers = {"Idempotency-Key": KEY}
            answer = await door.post("/v1/imports", files=files, headers=headers)
        return str(answer.json()["hmac"])

    assert await sent(b"rows") == await sent(b"rows") != await sent(b"other")


def test_the_hmac_depends_on_key_method_path_and_body() -> None:
    macs = {
        request_hmac(b"k", ("POST", "/a"), b"1"),
        request_hmac(b"l", ("POST", "/a"), b"1"),
        request_hmac(b"k", ("PUT", "/a"), b"1"),
        request_hmac(b"k", ("POST", "/b"), b"1"),
        request_hmac(b"k", ("POST", "/a"), b"2"),
    }
    assert len(macs) == 5


@given(st.binary())
def test_any_bytes_have_a_canonical_form(body: bytes) -> None:
    assert canonical_json(canonical_json(body)) == canonical_json(body)


@pytest.mark.parametrize(
    "header", ["short", "a" * 256, "with blank inside it", "é" * 20]
)
def test_a_malformed_key_is_refused(header: str) -> None:
    with pytest.raises(Problem) as refused:
        idempotency_key(header)
    assert refused.value.code == "idempotency-key-malformed"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "if-match-missing"),
        ("", "if-match-missing"),
        ("*", "if-match-missing"),
        ("17", "if-match-malformed"),
        ('"v17" "v18"', "if-match-malformed"),
    ],
)
def test_a_change_must_name_the_version_it_saw(header: str | None, code: str) -> None:
    with pytest.raises(Problem) as refused:
        seen_versions(header)
    assert refused.value.code == code


@pytest.mark.parametrize("header", ['"v16"', 'W/"v17"', '"other"', '"v1", "v2"'])
def test_a_stale_or_weak_version_is_412_with_the_present_one(header: str) -> None:
    with pytest.raises(Problem) as refused:
        seen_versions(header).require(17)
    assert refused.value.status_code == 412
    assert refused.value.more.headers["ETag"] == '"v17"'


@pytest.mark.parametrize("header", ['"v17"', '"v16", "v17"'])
def test_the_present_version_lets_the_change_through(header: str) -> None:
    seen_versions(header).require(17)


def test_an_act_stands_on_exactly_one_version() -> None:
    assert seen_versions('"v17"').on("case-1") == ("case-1", 17)
    assert seen_versions('W/"v17"').on("case-1") == ("case-1", -1)
    with pytest.raises(Problem) as refused:
        seen_versions('"v16", "v17"').on("case-1")
    assert refused.value.code == "if-match-malformed"


def test_a_reader_who_holds_the_version_gets_304() -> None:
    fresh = unchanged('W/"v17", "v3"', 17)
    assert fresh is not None
    assert (fresh.status_code, fresh.headers["etag"]) == (304, etag(17))
    assert unchanged('"v16"', 17) is None
    assert unchanged(None, 17) is None


@given(st.lists(st.text() | st.integers(-(2**53), 2**53), max_size=4))
def test_a_cursor_gives_its_mark_back(mark: list[str | int]) -> None:
    cursors = Cursors(b"k" * 32)
    assert cursors.unseal(LIST, cursors.seal(LIST, mark)) == mark


def refused_cursor(cursor: str, listed: str = LIST, key: bytes = b"k" * 32) -> None:
    with pytest.raises(Problem) as refused:
        Cursors(key).unseal(listed, cursor)
    assert refused.value.code == "cursor-invalid"


def test_a_forged_cursor_is_refused() -> None:
    good = Cursors(b"k" * 32).seal(LIST, ["2023-11-10", 7])
    other = listing("/v1/cases", {"unit": "petition"})
    refused_cursor(good, other)
    refused_cursor(good, key=b"l" * 32)
    for bad in ("", "a", "=", "é", "a" * 3000, good[:-4], "AAAA" + good[4:]):
        refused_cursor(bad)


def test_a_cursor_survives_another_page_size_but_no_other_filter() -> None:
    assert listing("/v1/cases", {"unit": "centre", "limit": 50, "cursor": "x"}) == LIST


def test_the_next_page_is_linked_with_the_same_filters() -> None:
    scope = {
        "type": "http",
        "scheme": "http",
        "server": ("door", 80),
        "path": "/v1/cases",
        "query_string": b"unit=centre&cursor=old",
        "headers": [],
    }
    link = next_link(Request(scope), "new")
    assert link == '</v1/cases?unit=centre&cursor=new>; rel="next"'


def test_a_bucket_empties_and_fills_again() -> None:
    now = 0.0
    limiter = Limiter(Rate("tries", 2, 60), lambda: now)
    assert [limiter.take("a"), limiter.take("a"), limiter.take("b")] == [1, 0, 1]
    with pytest.raises(Problem) as refused:
        limiter.take("a")
    assert refused.value.status_code == 429
    assert refused.value.more.headers["Retry-After"] == "30"
    assert refused.value.more.headers["RateLimit-Policy"] == '"tries";q=2;w=60'
    now = 30.0
    assert limiter.take("a") == 0


def test_many_clients_do_not_fill_the_memory() -> None:
    limiter = Limiter(Rate("tries", 2, 60), lambda: 0.0)
    for number in range(10_500):
        limiter.take(str(number))
    assert len(limiter._buckets) == 10_000  # noqa: SLF001 -- what is kept is the point
