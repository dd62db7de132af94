"""The worker's pages on a real database: receipts, codes, cookies, bad input."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.web.app import DoorSettings, make_app
from libs.web.health import Probes
from libs.web.limits import ANONYMOUS_REPORT, TRACK_BY_CODE, Limiter
from services.intake.pages.front import pages
from services.intake.window import Window
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
NUMBER = re.compile(r"310199001-\d{8}-XS-\d{6}")
SECRETS = ("演示工零零一", "310117189801010012", "13800000001", "老板说过年再发")


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


def form(**changed: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "step": "5",
        "go": "send",
        "rows": "1",
        "employer": "演示甲餐饮有限公司",
        "mode": "named",
        "w1_name": SECRETS[0],
        "w1_number": SECRETS[1],
        "w1_amount": "12000",
        "phone": SECRETS[2],
        "summary": SECRETS[3],
        **changed,
    }


async def send(scene: Scene, fields: Mapping[str, Any], path: str = "/report") -> Any:
    return await scene.door.post(path, data=dict(fields))


def codes(answer: httpx.Response) -> list[str]:
    """Return the codes on a receipt: the clue's, then the claims'."""
    return list(dict.fromkeys(CODE.findall(answer.text)))


async def opened(scene: Scene, code: str) -> httpx.Response:
    answer = await send(scene, {"code": code}, "/track")
    assert answer.status_code == 303, answer.text
    scene.door.cookies.update(answer.cookies)
    return await scene.door.get("/track")


async def test_sent_twice_is_one_report_with_one_receipt(scene: Scene) -> None:
    fields = form()
    first, again = await send(scene, fields), await send(scene, fields)
    assert (first.status_code, again.status_code) == (201, 201)
    assert NUMBER.findall(first.text)[0] == NUMBER.findall(again.text)[0]
    assert codes(first) == codes(again)
    assert len(codes(first)) == 2
    assert len(await scene.events()) == 3


async def test_a_used_form_with_other_words_is_no_second_report(scene: Scene) -> None:
    fields = form()
    await send(scene, fields)
    other = await send(scene, {**fields, "w1_amount": "13000"})
    assert other.status_code == 409
    assert "已经提交过" in other.text
    assert len(await scene.events()) == 3


async def test_the_receipt_switches_its_language_and_stays_the_same(
    scene: Scene,
) -> None:
    fields = form()
    first = await send(scene, fields)
    english = await send(scene, {**fields, "step": "6", "go": "lang-en"})
    assert 'lang="en"' in english.text
    assert codes(english) == codes(first)
    assert len(await scene.events()) == 3


async def test_nothing_personal_stands_in_the_log(scene: Scene) -> None:
    await send(scene, form())
    rows = await scene.pool.fetch("SELECT data FROM journal.event")
    text = "".join(str(row["data"]) for row in rows)
    assert rows
    assert not [secret for secret in SECRETS if secret in text]


async def test_an_anonymous_report_keeps_nobody_and_can_be_tracked(
    scene: Scene,
) -> None:
    receipt = await send(scene, form(mode="anonymous"))
    assert receipt.status_code == 201
    assert (await scene.events())[0] == "ReportReceived"
    names = await scene.pool.fetchval(
        "SELECT count(*) FROM vault.field WHERE field IN ('name', 'phone', 'id_number')"
    )
    assert names == 0
    page = await opened(scene, codes(receipt)[0])
    assert "劳动关系矛盾预防协调中心" in page.text
    assert "/track/news" not in page.text


async def test_a_page_opened_by_code_names_no_person(scene: Scene) -> None:
    receipt = await send(scene, form())
    for code in codes(receipt):
        page = await opened(scene, code)
        assert page.status_code == 200
        assert NUMBER.search(page.text)
        assert not [secret for secret in SECRETS if secret in page.text]
        assert code not in page.text


async def test_the_author_reads_the_answer_and_a_wage_code_does_not(
    scene: Scene,
) -> None:
    receipt = await send(scene, form())
    row = await scene.pool.fetchrow("SELECT clue_id FROM vault.code LIMIT 1")
    said = {"form": "online", "conclusion": "paid", "text": "钱已经发了"}
    path = f"/v1/clues/{row['clue_id']}/reply"
    answer = await scene.post(path, said, by="lc-01", version=3)
    assert answer.status_code == 200, answer.text
    of_clue, of_claim = codes(receipt)
    assert "钱已经发了" in (await opened(scene, of_clue)).text
    assert "钱已经发了" not in (await opened(scene, of_claim)).text


async def test_every_wrong_code_gets_the_same_answer(scene: Scene) -> None:
    right = codes(await send(scene, form()))[0]
    wrong = ["0000-0000-0000-0000", right[:-1], "😀", "x" * 80, "' OR 1=1 --"]
    answers = [await send(scene, {"code": code}, "/track") for code in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert not scene.door.cookies


async def test_the_token_is_kept_from_scripts_and_from_other_sites(
    scene: Scene,
) -> None:
    code = codes(await send(scene, form()))[0]
    answer = await send(scene, {"code": code.lower().replace("-", " ")}, "/track")
    kept = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/track", "Max-Age=900"):
        assert part in kept
    assert answer.headers["location"] == "/track"


async def test_who_signs_out_is_asked_for_the_code_again(scene: Scene) -> None:
    await opened(scene, codes(await send(scene, form()))[0])
    out = await scene.door.post("/track/leave")
    assert out.status_code == 303
    assert 'qingxin_worker=""' in out.headers["set-cookie"]
    scene.door.cookies.clear()
    assert 'name="code"' in (await scene.door.get("/track")).text


async def test_money_that_cannot_be_asked_for_leaves_the_rest_standing(
    scene: Scene,
) -> None:
    claim = codes(await send(scene, form()))[1]
    page = await opened(scene, claim)
    assert page.status_code == 200
    assert "钱的情况暂时看不到" in page.text


async def test_a_word_from_a_foreign_page_is_refused(scene: Scene) -> None:
    await opened(scene, codes(await send(scene, form()))[1])
    fields = {"word": "confirm", "payment": str(uuid4()), "version": "1"}
    answer = await send(scene, {**fields, "key": str(uuid4())}, "/track/word")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


async def test_news_are_stopped_by_our_own_page_alone(scene: Scene) -> None:
    page = await opened(scene, codes(await send(scene, form()))[0])
    assert 'action="/track/news"' in page.text
    fields = {"notify": "none", "key": str(uuid4())}
    assert (await send(scene, fields, "/track/news")).status_code == 403
    signed = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert signed is not None
    for bad in ({"notify": "x"}, {"key": "x"}):
        said = {**fields, "csrf": signed[1], **bad}
        assert (await send(scene, said, "/track/news")).status_code == 404
    done = await send(scene, {**fields, "csrf": signed[1]}, "/track/news")
    assert done.status_code == 303


@asynccontextmanager
async def real_door(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    """The pages alone, counting tries as a real deployment does."""
    window = replace(
        Window.of(scene.running),
        reports=Limiter(ANONYMOUS_REPORT),
        tries=Limiter(TRACK_BY_CODE),
    )
    door = DoorSettings("pages", Probes("intake", "0"), b"d" * 32)
    app = make_app(door, pages(window))
    app.state.running = scene.running
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as one:
        yield one


async def test_too_many_reports_from_one_address_keep_what_was_typed(
    scene: Scene,
) -> None:
    async with real_door(scene) as door:
        sent = [form() for _ in range(ANONYMOUS_REPORT.quota)]
        for fields in sent:
            assert (await door.post("/report", data=fields)).status_code == 201
        refused = await door.post("/report", data=form())
        again = await door.post("/report", data=sent[0])
    assert refused.status_code == 429
    assert SECRETS[0] in refused.text
    assert again.status_code == 201


async def test_codes_cannot_be_guessed_quickly(scene: Scene) -> None:
    async with real_door(scene) as door:
        answers = [
            await door.post("/track", data={"code": "0000-0000-0000-0000"})
            for _ in range(TRACK_BY_CODE.quota + 1)
        ]
    assert [answer.status_code for answer in answers[-2:]] == [404, 429]
    assert "Retry-After" in answers[-1].headers


BAD: list[tuple[dict[str, str], int, str]] = [
    ({"w1_name": "😀"}, 201, ""),
    ({"w1_name": "𠮷田"}, 201, ""),
    ({"w1_number": "310117189802300019"}, 422, "w1_number"),
    ({"w1_amount": "-1"}, 422, "w1_amount"),
    ({"w1_amount": "0.001"}, 422, "w1_amount"),
    ({"w1_amount": "9999999999999999"}, 422, "w1_amount"),
    ({"w1_from": "1979-12"}, 422, "w1_from"),
    ({"w1_from": "2099-01"}, 422, "w1_from"),
    ({"employer": "甲" * 5000}, 422, "employer"),
    ({"employer": "\u202e<script>alert(1)</script>"}, 201, ""),
    ({"employer": "电话13800000001"}, 422, "employer"),
    ({"step": "7"}, 404, ""),
    ({"rows": "99999"}, 201, ""),
    ({"w1_name": "甲\0乙"}, 422, ""),
    ({"summary": "长" * 600_000}, 413, ""),
]


@pytest.mark.parametrize(("changed", "status", "field"), BAD)
async def test_bad_input_is_told_in_words_and_nothing_breaks(
    scene: Scene, changed: dict[str, str], status: int, field: str
) -> None:
    answer = await send(scene, form(**changed))
    assert answer.status_code == status, answer.text[:400]
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text
    if field:
        assert f'id="{field}-trouble"' in answer.text
        assert SECRETS[3] in answer.text


async def test_a_form_sent_in_another_type_is_refused_as_a_page(scene: Scene) -> None:
    answer = await scene.door.post("/report", json=form())
    assert answer.status_code == 415
    assert answer.headers["content-type"].startswith("text/html")
    parts = {name: (None, value) for name, value in form().items()}
    assert (await scene.door.post("/report", files=parts)).status_code == 415


async def test_a_page_that_there_is_not_is_a_page(scene: Scene) -> None:
    answer = await scene.door.get("/static/other.css")
    assert answer.status_code == 404
    assert (await scene.door.get("/static/worker.css")).status_code == 200
