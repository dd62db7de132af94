"""A complaint through the real door into a real database: receipt, codes, refusals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.web.limits import TRACK_BY_CODE, Limiter
from services.intake.routes import codes
from services.intake.window import Window
from tests.intake_forms import EMPLOYER, ID_1, ID_2, complaint, worker
from tests.intake_scene import Scene, intake, served, set_up_database
from tests.stack import FreshDatabases


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def registered(scene: Scene, **changed: Any) -> dict[str, Any]:
    answer = await scene.post("/v1/complaints", complaint(**changed), by="lc-01")
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_complaint_is_received_registered_and_receipted(scene: Scene) -> None:
    answer = await scene.post("/v1/complaints", complaint(), by="lc-01")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["receipt"] == "310199001-20231113-XS-000001"
    assert said["first_asked_unit"] == "LC"
    assert len(said["claims"]) == 2
    assert said["position"]["version"] == 3
    assert answer.headers["etag"] == '"v3"'
    expected = ["ComplaintReceived", "ClueRegistered", "ReceiptIssued"]
    assert await scene.events() == expected


async def test_a_repeat_gets_the_same_receipt_and_codes(scene: Scene) -> None:
    key = str(uuid4())
    first = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    again = await scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
    assert again.json() == {**first.json(), "repeated": True}
    assert len(await scene.events()) == 3
    assert await scene.pool.fetchval("SELECT count(*) FROM vault.person") == 2
    other = complaint(reference="演示S2")
    reused = await scene.post("/v1/complaints", other, by="lc-01", key=key)
    assert (reused.status_code, reused.json()["code"]) == (422, "key-reused")


async def test_twins_at_one_time_are_one_complaint(scene: Scene) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(
        *[
            scene.post("/v1/complaints", complaint(), by="lc-01", key=key)
            for _ in range(6)
        ]
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["query_code"] for answer in answers}) == 1
    assert len(await scene.events()) == 3


async def test_many_complaints_of_one_person_at_one_time_know_one_person(
    scene: Scene,
) -> None:
    said = await asyncio.gather(*[registered(scene) for _ in range(8)])
    assert len({one["claims"][0]["person_id"] for one in said}) == 1
    assert sorted(one["receipt"][-6:] for one in said) == [
        f"{n:06d}" for n in range(1, 9)
    ]


async def test_the_public_reports_unnamed_and_is_not_told_persons(
    scene: Scene,
) -> None:
    body = {"employer": {"name": "演示乙建筑有限公司（虚构）"}, "summary": "没有告示牌"}
    answer = await scene.post("/v1/reports", body)
    said = answer.json()
    assert (answer.status_code, said["kind"], said["claims"]) == (201, "report", [])
    assert said["first_asked_unit"] == "LC"
    named = {"employer": EMPLOYER, "workers": [worker()], "mode": "named"}
    told = (await scene.post("/v1/complaints", named)).json()
    assert told["claims"][0]["person_id"] is None


async def test_a_wrong_check_character_is_warned_about_and_kept(scene: Scene) -> None:
    employer = {**EMPLOYER, "credit_code": "91310199MADEM00119"}
    said = await registered(scene, employer=employer)
    assert [w["code"] for w in said["warnings"]] == ["credit-code-check"]
    assert said["warnings"][0]["pointer"] == "/employer/credit_code"


async def test_the_public_may_not_speak_for_a_channel(scene: Scene) -> None:
    body = complaint(channel="12345", channel_number="H-1")
    answer = await scene.post("/v1/complaints", body)
    places = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, places) == (422, ["/channel", "/channel_number"])


async def test_a_channel_number_is_known_and_named_to_who_may_see_it(
    scene: Scene,
) -> None:
    numbered = {"channel": "12345", "channel_number": "20231113000001"}
    first = await registered(scene, **numbered)
    assert first["kind"] == "work_order"
    again = await scene.post("/v1/complaints", complaint(**numbered), by="lc-02")
    said = again.json()
    assert (again.status_code, said["code"]) == (409, "channel-number-known")
    assert said["clue_id"] == first["clue_id"]
    elsewhere = await scene.post("/v1/complaints", complaint(**numbered), by="do-01")
    assert elsewhere.status_code == 409
    assert "clue_id" not in elsewhere.json()
    # An order that came again is a new episode of it, never a second fact.
    anew = complaint(**numbered, episode=2)
    second = await scene.post("/v1/complaints", anew, by="lc-01")
    assert (second.status_code, second.json()["clue_id"]) == (409, first["clue_id"])


async def test_an_order_that_came_again_first_is_the_same_order(scene: Scene) -> None:
    """Domain §5.9, 14: its first episode, entered later, is no second clue."""
    numbered = {"channel": "12345", "channel_number": "20231113000002"}
    later = await registered(scene, **numbered, episode=2)
    first = await scene.post("/v1/complaints", complaint(**numbered), by="lc-01")
    assert (first.status_code, first.json()["clue_id"]) == (409, later["clue_id"])


async def test_a_query_code_becomes_a_token_for_its_own_matter(scene: Scene) -> None:
    said = await registered(scene)
    typed = said["query_code"].lower().replace("-", " ")
    clue = await scene.post("/v1/codes/exchange", {"code": typed})
    told = clue.json()
    assert (told["kind"], told["clue_id"]) == ("clue", said["clue_id"])
    mine = await scene.get(f"/v1/clues/{said['clue_id']}", by=told["token"])
    assert mine.json()["unit"] == "LC"
    claim = await scene.post(
        "/v1/codes/exchange", {"code": said["claims"][1]["query_code"]}
    )
    assert claim.json()["claim_id"] == said["claims"][1]["claim_id"]
    other = await scene.get(f"/v1/clues/{said['clue_id']}", by=claim.json()["token"])
    assert other.status_code == 404


async def test_every_wrong_code_gets_the_same_answer(scene: Scene) -> None:
    code = (await registered(scene))["query_code"]
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    answers = [
        await scene.post("/v1/codes/exchange", {"code": wrong})
        for wrong in (slip, "0" * 16, "x", "𠮷")
    ]
    told = {(answer.status_code, answer.json()["detail"]) for answer in answers}
    assert len(told) == 1
    assert answers[0].status_code == 404


async def test_codes_are_tried_ten_times_a_minute(scene: Scene) -> None:
    real = scene.running.settings.model_copy(update={"mode": "real"})
    window = Window.of(replace(scene.running, settings=real))
    assert window.tries.rate == TRACK_BY_CODE
    stopped = Limiter(TRACK_BY_CODE, clock=lambda: 0.0)
    app = served(scene.running, [codes.router(replace(window, tries=stopped))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://d") as door:
        answers = [
            await door.post("/v1/codes/exchange", json={"code": "0" * 16})
            for _ in range(11)
        ]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]


async def test_a_clue_is_screened_advised_and_closed_by_its_holder(
    scene: Scene,
) -> None:
    said = await registered(scene)
    place = f"/v1/clues/{said['clue_id']}"
    body = {"matter": "project_price"}
    screened = await scene.post(f"{place}/screening", body, by="lc-01", version=3)
    assert screened.headers["etag"] == '"v4"'
    stale = await scene.post(f"{place}/screening", body, by="lc-01", version=3)
    assert stale.status_code == 412
    advice = {"advised_channel": "court", "told": "printed"}
    hidden = await scene.post(f"{place}/advice", advice, by="do-01", version=4)
    assert hidden.status_code == 404
    done = await scene.post(f"{place}/advice", advice, by="lc-01", version=4)
    assert done.status_code == 200, done.text
    assert (await scene.events())[-2:] == ["ChannelAdvised", "ClueClosedNotWage"]


async def test_the_author_reads_the_answer_that_was_sent(scene: Scene) -> None:
    said = await registered(scene)
    place = f"/v1/clues/{said['clue_id']}"
    body = {"form": "letter", "conclusion": "paid", "text": "工资已付清，请查收。"}
    answer = await scene.post(f"{place}/reply", body, by="lc-01", version=3)
    assert answer.status_code == 200, answer.text
    code = {"code": said["query_code"]}
    token = (await scene.post("/v1/codes/exchange", code)).json()["token"]
    mine = await scene.get(place, by=token)
    assert mine.json()["replies"] == ["工资已付清，请查收。"]
    twice = await scene.post(f"{place}/reply", body, by="lc-01", version=4)
    assert (twice.status_code, twice.json()["code"]) == (409, "answered-already")


async def test_a_roster_is_read_into_workers_and_kept_nowhere(scene: Scene) -> None:
    sheet = (
        "姓名,身份证号,电话,欠薪金额(元),欠薪起月\n"
        f'演示工001,{ID_1},13800000001,"1,200.50",2023年7月\n'
        f"演示工002,{ID_2},123,多少,2023-07\n"
    )
    files = {"file": ("名册.csv", sheet.encode(), "text/csv")}
    answer = await scene.post("/v1/rosters", by="lc-01", files=files)
    said = answer.json()
    codes = [(t["row"], t["column"], t["code"]) for t in said["troubles"]]
    assert codes == [(3, "C", "phone-shape"), (3, "D", "money-format")]
    assert said["workers"][0] == {
        "roster_only": True,
        "name": "演示工001",
        "id_number": {"number": ID_1},
        "phone": "+8613800000001",
        "claimed": {"minor": 120050, "currency": "CNY"},
        "months_from": "2023-07",
    }
    told = await registered(scene, workers=said["workers"])
    assert len(told["claims"]) == 2


async def test_one_telephone_for_several_names_is_told_by_count_alone(
    scene: Scene,
) -> None:
    """Domain §5.4, signs of a padded roster: compared by HMAC, no number leaves."""
    names = [worker(), worker(id_number={"number": ID_2}), worker(phone=None)]
    del names[2]["id_number"]
    clue_id = (await registered(scene, workers=names))["clue_id"]
    path = f"/v1/rosters/shared-phones?clue_id={clue_id}"
    told = await scene.get(path, by="db-01")
    assert told.json() == {"items": [{"clue_id": clue_id, "workers": 2}]}
    elsewhere = await scene.get(path, by="li-01")
    assert elsewhere.json() == {"items": []}
    assert (await scene.get(path, by="lc-01")).status_code == 403
    assert (await scene.get(path[:26], by="db-01")).status_code == 422
