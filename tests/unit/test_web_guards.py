"""What is refused before a route reads it, and what must pass untouched."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.web.json_text import deeper_than, refusal
from tests.unit.web_door import client

JSON = {"Content-Type": "application/json", "Idempotency-Key": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"words":"\xff\xfe"}', 400, "invalid-utf8"),
        (b'{"words":"a\0b"}', 422, "nul-character"),
        (b'{"words":"a\\u0000b"}', 422, "nul-character"),
        (b'{"words":"\\ud842"}', 422, "unpaired-surrogate"),
        (b'{"words":"a","parts":' + b"[" * 40 + b"]" * 40 + b"}", 422, "json-too-deep"),
        (b"[" * 19_999, 422, "json-too-deep"),
        (b'{"words":' + b"9" * 5000 + b"}", 400, "bad-request"),
        (b'{"words":NaN}', 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'"words"', 422, "invalid"),
        (b"", 422, "invalid"),
    ],
)
async def test_a_bad_body_is_refused_by_its_code(
    body: bytes, status: int, code: str
) -> None:
    async with client() as door:
        answer = await door.post("/v1/notes", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("words", ["😀👨‍👩‍👧", "𠮷野家", "\\u0000", "〇㐂é", "a\tb"])
async def test_rare_characters_pass_as_they_are(words: str) -> None:
    async with client() as door:
        plain = await door.post("/v1/notes", json={"words": words}, headers=JSON)
        escaped = await door.post(
            "/v1/notes", content=json.dumps({"words": words}), headers=JSON
        )
    assert plain.json()["words"] == escaped.json()["words"] == words


async def test_a_body_of_ten_megabytes_is_refused_with_the_cap_named() -> None:
    async with client() as door:
        answer = await door.post("/v1/notes", content=b" " * 10**7, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["limit"] == 20_000


async def test_a_body_that_hides_its_length_is_refused_as_well() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 1000

    async with client() as door:
        answer = await door.post("/v1/notes", content=pieces(), headers=JSON)
    assert answer.status_code == 413


async def test_an_upload_may_be_larger_than_a_form_but_has_its_own_cap() -> None:
    headers = {"Idempotency-Key": "0123456789abcdef"}
    async with client() as door:
        good = await door.post(
            "/v1/imports", files={"file": ("a.xlsx", b"x" * 100_000)}, headers=headers
        )
        large = await door.post(
            "/v1/imports", files={"file": ("a.xlsx", b"x" * 200_001)}, headers=headers
        )
    assert good.json()["size"] == "100000"
    assert large.status_code == 413


async def test_a_nul_in_an_uploads_fields_is_refused() -> None:
    headers = {"Idempotency-Key": "0123456789abcdef"}
    files = {"file": ("a.xlsx", b"x")}
    async with client() as door:
        answer = await door.post(
            "/v1/imports", files=files, data={"words": "a\0"}, headers=headers
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "nul-character")


@pytest.mark.parametrize(
    ("path", "status"), [("/page?q=%ff", 400), ("/page?q=%00", 422), ("/%00", 422)]
)
async def test_an_address_must_be_clean_utf8(path: str, status: int) -> None:
    async with client() as door:
        answer = await door.get(path)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "application/json; charset=gbk"}, b"{}"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"words=a"),
        ({}, b"{}"),
    ],
)
async def test_a_body_of_another_type_is_415(
    headers: dict[str, str], content: bytes
) -> None:
    sent = {"Idempotency-Key": "0123456789abcdef", **headers}
    async with client() as door:
        answer = await door.post("/v1/notes", content=content, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type")


async def test_json_sent_to_a_form_is_415() -> None:
    async with client() as door:
        answer = await door.post("/v1/forms", json={"words": "a"})
        good = await door.post("/v1/forms", data={"words": "甲"})
        nul = await door.post("/v1/forms", data={"words": "a\0"})
    assert (answer.status_code, good.json(), nul.status_code) == (
        415,
        {"words": "甲"},
        422,
    )


async def test_every_answer_carries_the_security_headers() -> None:
    async with client() as door:
        page = await door.get("/page")
        api = await door.get("/livez")
        refused = await door.get("/nowhere")
    for answer in (page, api, refused):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert "style-src" not in api.headers["content-security-policy"]


async def test_head_answers_as_get_without_a_body() -> None:
    async with client() as door:
        answer = await door.head("/page")
    assert (answer.status_code, answer.content) == (200, b"")


WRITTEN = ("escaped", "plain")
SHALLOW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def nesting(value: object) -> int:
    match value:
        case list():
            return 1 + max((nesting(part) for part in value), default=0)
        case dict():
            return 1 + max((nesting(part) for part in value.values()), default=0)
        case _:
            return 0


@given(SHALLOW, st.integers(0, 6), st.sampled_from(WRITTEN))
def test_the_depth_of_json_is_counted_as_the_parser_would(
    value: object, cap: int, written: str
) -> None:
    body = json.dumps(value, ensure_ascii=written == "escaped").encode(
        "utf-8", "surrogatepass"
    )
    assert deeper_than(body, cap) == (nesting(value) > cap)


@given(st.text(), st.sampled_from(WRITTEN))
def test_a_nul_is_found_however_it_is_written(text: str, written: str) -> None:
    body = json.dumps([text], ensure_ascii=written == "escaped").encode(
        "utf-8", "surrogatepass"
    )
    assert (refusal(body, 9) == "nul-character") == ("\0" in text)
