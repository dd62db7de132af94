"""A channel's item through the real door, and its register, sheet and pages."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from libs.events.contracts.channels import (
    Batch,
    CallBackRecorded,
    ClueUrged,
    JointReceptionHeld,
    OpinionItemRegistered,
    RiskSignalReceived,
    WorkOrderClassified,
)
from libs.events.contracts.clocks import DeadlineSet
from libs.events.contracts.intake import ChannelAdvised, ComplaintReceived, ReplySent
from libs.events.contracts.routing import CaseAssigned, CaseOpened
from libs.events.event import Recorded
from tests.console_scene import Console, console_scene
from tests.intake_forms import complaint
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.matters import ASSIGNED, CASE, CLUE, EMPLOYER, ONE, OPENED
from tests.unit.offices import on

ORDER = {"item": "work_order", "order_kind": "help", "received_on": "2023-11-13"}
NUMBER = "20231113000001"


async def test_an_order_is_registered_urged_answered_and_comes_again(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    """Domain §5.9, 14: one number, one clue, and each episode its own answer."""
    async with intake(await fresh_database(set_up_database), tmp_path) as scene:
        body = complaint(channel="12345", channel_number=NUMBER, item=ORDER)
        answer = await scene.post("/v1/complaints", body, by="lc-01")
        assert answer.status_code == 201, answer.text
        clue = f"/v1/clues/{answer.json()['clue_id']}"

        async def act(path: str, body: dict[str, Any], status: int = 200) -> Any:
            tag = (await scene.get(clue, by="lc-01")).headers["etag"]
            asked = await scene.post(
                f"{clue}/{path}", body, by="lc-01", headers={"If-Match": tag}
            )
            assert asked.status_code == status, asked.text
            return asked.json()

        await act("urgings", {})
        again = {"order_kind": "supervision", "received_on": "2023-11-13"}
        refused = await act("redispatch", again, 409)
        assert (refused["code"], "催单" in refused["detail"]) == ("not-answered", True)
        await act("reply", {"conclusion": "paid", "text": "已付清"})
        await act("redispatch", again)
        state = (await scene.get(clue, by="lc-01")).json()
        assert (state["redispatched"], state["order_kind"]) == (1, "supervision")
        await act("reply", {"form": "platform", "conclusion": "settled"})
        await act("call-backs", {"result": "satisfied"})
        await _warned_and_received(scene, answer.json()["clue_id"])
        assert await scene.events() == [
            "ComplaintReceived", "ClueRegistered", "WorkOrderClassified",
            "ReceiptIssued", "ClueUrged", "ReplySent", "ClueRedispatched", "ReplySent",
            "CallBackRecorded", "RiskSignalReceived", "SignalLinkedToClue",
            "JointReceptionHeld",
        ]  # fmt: skip


async def _warned_and_received(scene: Scene, clue_id: str) -> None:
    signal = {
        "source": "district",
        "source_number": "YJ-1",
        "signal": "account_short",
        "received_on": "2023-11-13",
    }
    came = await scene.post("/v1/signals", signal, by="lc-01")
    assert came.status_code == 201, came.text
    twice = await scene.post("/v1/signals", signal, by="li-01")
    assert twice.json()["code"] == "signal-known"
    place = f"/v1/signals/{came.json()['signal_id']}/clue"
    link = {"clue_id": clue_id}
    assert (await scene.post(place, link, by="lc-01")).status_code == 201
    batches = [{"people": 38, "representatives": 5}]
    held = {"held_on": "2023-11-13", "led": True, "batches": batches}
    reception = await scene.post("/v1/receptions", held, by="po-01")
    assert reception.status_code == 201, reception.text
    crowded = {**held, "batches": [{"people": 38, "representatives": 6}]}
    refused = (await scene.post("/v1/receptions", crowded, by="po-01")).json()
    assert refused["errors"][0]["pointer"] == "/batches/0/representatives"


def story() -> list[Recorded]:
    """Two orders: one is urged and waits, one was answered and called back."""
    told = Story()
    for number, clue_id, case_id in (("H-1", CLUE, CASE), ("H-2", ONE, ONE)):
        received = ComplaintReceived(
            clue_id=clue_id,
            case_id=case_id,
            kind="work_order",
            channel="12345",
            channel_number=number,
            mode="named",
            reporter_id=ONE,
            first_asked_unit="LC",
            employer=EMPLOYER,
            workers=(),
        )
        classified = WorkOrderClassified(
            clue_id=clue_id,
            case_id=case_id,
            order_kind="help",
            received_on=date(2023, 11, 13),
        )
        for event in (received, classified):
            told.say("intake", f"clue-{clue_id}", event, on(11, 13))
        named = {"case_id": case_id, "clue_id": clue_id}
        opened: CaseOpened = OPENED.model_copy(update=named)
        assigned: CaseAssigned = ASSIGNED.model_copy(update={"case_id": case_id})
        for one in (opened, assigned):
            told.say("routing", f"case-{case_id}", one, on(11, 13))
    _urged(told)
    _answered(told)
    _warned(told)
    return told.said


def _warned(told: Story) -> None:
    held = JointReceptionHeld(
        reception_id=ONE,
        unit="LC",
        held_on=date(2023, 11, 13),
        led=True,
        batches=(Batch(people=38, representatives=5),),
    )
    told.say("intake", f"reception-{ONE}", held, on(11, 14))
    signal = RiskSignalReceived(
        signal_id=ONE,
        source="district",
        source_number="YJ-1",
        signal="account_short",
        received_on=date(2023, 11, 13),
        unit="LC",
    )
    told.say("intake", f"signal-{ONE}", signal, on(11, 14))
    opinion = OpinionItemRegistered(
        opinion_id=ONE,
        item_number="WX-1",
        site_name="example.test",
        url_sha256="0" * 64,
        first_seen_at=on(11, 13),
        grade="major",
        unit="LC",
    )
    told.say("intake", f"opinion-{ONE}", opinion, on(11, 14))


def _urged(told: Story) -> None:
    urged = ClueUrged(clue_id=CLUE, case_id=CASE)
    told.say("intake", f"clue-{CLUE}", urged, on(11, 14))
    due = DeadlineSet(
        deadline_id=ONE,
        clock="CLK-80",
        case_id=CASE,
        subject=CLUE,
        unit="LC",
        article="a",
        rule_version=1,
        calendar_version="1",
        start_event=ONE,
        start_on=date(2023, 11, 13),
        due_on=date(2023, 11, 20),
        due_at=on(11, 20),
        provisional=False,
        days=(),
    )
    told.say("routing", f"deadline-{ONE}", due, on(11, 13))


def _answered(told: Story) -> None:
    ids: dict[str, Any] = {"clue_id": ONE, "case_id": ONE}
    sent = ReplySent(**ids, form="platform", conclusion="paid")
    called = CallBackRecorded(**ids, result="satisfied")
    advised = ChannelAdvised(
        **ids,
        advised_channel="court",
        told="printed",
        text_version=1,
        text_sha256="0" * 64,
    )
    for event in (sent, called, advised):
        told.say("intake", f"clue-{ONE}", event, on(11, 15))


async def test_a_channels_register_has_its_own_dates_answers_and_counts(
    fresh_database: FreshDatabases,
) -> None:
    """S26, CLK-80: register, sheet of answers, the owner's morning, the case page."""
    async with console_scene(fresh_database, story()) as console:
        async with console.api("lg-01") as client:
            said = (await client.get("/v1/channels/12345/items")).json()
            waiting, answered = said["items"]
            assert (waiting["clock"], waiting["due_on"]) == ("CLK-80", "2023-11-20")
            assert (waiting["urged"], answered["answer_form"]) == (1, "platform")
            assert (said["satisfaction"], said["call_back_rate"]) == ("100.0", "100.0")
            then = {"as_of": "2023-11-14T23:00:00+08:00", "state": "open"}
            before = await client.get("/v1/channels/12345/items", params=then)
            assert len(before.json()["items"]) == 2
            book = await client.get("/v1/channels/12345/answers.xlsx")
            sheet = load_workbook(BytesIO(book.content)).worksheets[0]
            assert [row[0].value for row in sheet.iter_rows()] == ["工单编号", "H-2"]
        officer, _ = await console.signed_in("lc-01")
        async with officer:
            register = (await officer.get("/console/channels?channel=12345")).text
            assert "催 1 次" in register
            assert "100.0 %" in register
            for channel in ("petition", "platform"):
                other = await officer.get(f"/console/channels?channel={channel}")
                assert other.status_code == 200
            assert "被催单，待答复" in (await officer.get("/console")).text
            page = (await officer.get(f"/console/cases/{CASE}")).text
            assert "登记催单" in page
            assert "登记信访" not in page
            assert "38 人" in (await officer.get("/console/receptions")).text
            printed = (await officer.get(f"/console/cases/{ONE}/advice")).text
            assert "12368" in printed
            assert "目录文字与告知时不同" in printed
            none = await officer.get(f"/console/cases/{CASE}/advice")
            assert none.status_code == 404
            sent = await officer.get("/console/channels/answers.xlsx?channel=12345")
            assert sent.content[:2] == b"PK"
        await _hidden_from_others(console)
        await _warned_at_once(console)


async def _warned_at_once(console: Console) -> None:
    """F-2.1.1a: a major item of opinion is on the office's morning at once."""
    office, _ = await console.signed_in("lg-01")
    async with office:
        assert "有 1 条重大舆情" in (await office.get("/console")).text
        shown = (await office.get("/console/signals")).text
        assert "YJ-1" in shown
        assert "example.test" in shown
    async with console.api("lg-01") as client:
        said = (await client.get("/v1/signals")).json()
        assert said["hits"][0]["signals"] == 1


async def _hidden_from_others(console: Console) -> None:
    stranger, _ = await console.signed_in("do-01")
    async with stranger:
        shown = (await stranger.get("/console/channels?channel=12345")).text
        assert "H-1" not in shown
