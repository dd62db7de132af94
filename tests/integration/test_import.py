"""An agency's sheet through the real door: what goes in, what comes back, once."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter

from tests.eventually import eventually
from tests.intake_scene import Scene, intake, set_up_database
from tests.stack import FreshDatabases

HEADERS = (
    "编号", "登记日期", "单位", "人数", "反映金额", "已付金额", "支付日期", "办结日期",
    "备注", "反映人", "身份证号", "电话",
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


def row(number: str, **changed: Any) -> list[Any]:
    said = {
        "编号": number,
        "登记日期": "2023-11-10",
        "单位": "演示甲餐饮有限公司（虚构）",
        "人数": 2,
        "反映金额": "1,200.50",
        "已付金额": "1200.5",
        "支付日期": "2023-12-01",
        "办结日期": "2023-12-02",
        "备注": "老板王五五已付清",
        "反映人": "演示工077",
        "身份证号": "310117189801010012",
        "电话": "13800000077",
        **changed,
    }
    return [said[header] for header in HEADERS]


def sheet(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("台账")
    for number, line in enumerate([list(HEADERS), *rows]):
        page.write_row(number, 0, line)
    book.close()
    return target.getvalue()


GOOD = [row(f"纸-{n:03d}") for n in range(1, 6)]
BAD = [
    row("纸-101", 反映金额="若干"),
    row("", 反映金额="5"),
    row("纸-001", 反映金额="9"),
    row("合计"),
]


async def hand_in(scene: Scene, content: bytes, **more: Any) -> dict[str, Any]:
    mode = more.pop("mode", "apply")
    data = {"profile": more.pop("profile", "ledger"), "mode": mode}
    files = {"file": (more.pop("name", "账.xlsx"), content, XLSX)}
    answer = await scene.post(
        "/v1/imports", by=more.pop("by", "do-01"), data=data, files=files, **more
    )
    assert answer.status_code == 202, answer.text
    return await ended(scene, answer.headers["location"])


async def ended(scene: Scene, place: str) -> dict[str, Any]:
    async def at_its_end() -> dict[str, Any]:
        said: dict[str, Any] = (await scene.get(place, by="do-01")).json()
        return said if said["state"] in {"done", "refused"} else {}

    return await eventually(at_its_end, seconds=30)


async def test_good_rows_go_in_and_each_row_ends_in_one_of_four_ways(
    scene: Scene,
) -> None:
    said = await hand_in(scene, sheet([*GOOD, *BAD]))
    assert said["counts"] == {"success": 6, "error": 1, "duplicate": 1, "skipped": 1}
    names = await scene.events()
    assert names.count("HistoryImported") == 6
    assert (names[0], names[-1]) == ("ImportOpened", "ImportFinished")
    claimed = said["report"]["totals"]["amounts"]["claimed"]
    assert claimed == {"numeric": 5, "above_zero": 5, "minor": 5 * 120050}


async def test_a_second_import_of_the_same_file_changes_nothing(scene: Scene) -> None:
    await hand_in(scene, sheet(GOOD))
    before = await scene.events()
    again = await hand_in(scene, sheet(GOOD))
    assert again["counts"]["success"] == 0
    after = await scene.events()
    assert after.count("HistoryImported") == before.count("HistoryImported") == 5
    assert again["report"]["as_read"]["totals"]["rows"] == 5


async def test_twins_of_one_import_leave_the_file_whose_key_was_noted(
    scene: Scene,
) -> None:
    key, content = str(uuid4()), sheet(GOOD)
    twins = await asyncio.gather(
        *(hand_in(scene, content, key=key) for _ in range(6)), return_exceptions=True
    )
    said = [one for one in twins if isinstance(one, dict)]
    assert len(said) == len(twins), twins
    assert {one["import_id"] for one in said} == {said[0]["import_id"]}
    assert {one["state"] for one in said} == {"done"}
    assert said[0]["counts"]["success"] == len(GOOD)
    kept = [p for p in scene.running.settings.objects.rglob("*") if p.is_file()]
    assert len(kept) == 1


async def test_a_row_that_came_before_with_other_content_is_a_duplicate(
    scene: Scene,
) -> None:
    await hand_in(scene, sheet(GOOD))
    again = await hand_in(scene, sheet([row("纸-001", 反映金额="9"), row("纸-900")]))
    assert (again["counts"]["duplicate"], again["counts"]["success"]) == (1, 1)


async def test_a_dry_run_says_what_an_import_would_do_and_records_nothing(
    scene: Scene,
) -> None:
    tried = await hand_in(scene, sheet([*GOOD, *BAD]), mode="dry_run")
    assert await scene.events() == []
    done = await hand_in(scene, sheet([*GOOD, *BAD]))
    assert tried["counts"] == done["counts"]
    assert tried["report"]["totals"] == done["report"]["totals"]


async def test_the_findings_come_back_by_page_and_as_a_workbook(scene: Scene) -> None:
    said = await hand_in(scene, sheet([*GOOD, *BAD]))
    first = (await scene.get(f"{said['findings_url']}?limit=2", by="do-01")).json()
    assert len(first["findings"]) == 2
    place = f"{said['findings_url']}?limit=2&cursor={first['next']}"
    second = (await scene.get(place, by="do-01")).json()
    assert second["findings"][0] != first["findings"][0]
    book = await scene.get(said["error_workbook_url"], by="do-01")
    assert book.content[:2] == b"PK"


async def test_another_unit_does_not_see_the_import(scene: Scene) -> None:
    said = await hand_in(scene, sheet(GOOD))
    place = f"/v1/imports/{said['import_id']}"
    assert (await scene.get(place, by="li-01")).status_code == 404
    assert (await scene.get(place, by="lg-01")).status_code == 200


async def test_a_file_of_another_template_is_refused_in_one_sentence(
    scene: Scene,
) -> None:
    said = await hand_in(scene, b"a,b\n1,2\n", name="other.csv")
    assert said["state"] == "refused"
    assert said["refused"]["code"] == "wrong-template"


async def test_bytes_that_are_no_sheet_are_refused_at_the_door(scene: Scene) -> None:
    data = {"profile": "ledger"}
    for content, code in ((b"%PDF-1.7", "wrong-type"), (b"", "empty")):
        files = {"file": ("账.xlsx", content, XLSX)}
        answer = await scene.post("/v1/imports", by="do-01", data=data, files=files)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    data = {"profile": "no-such"}
    files = {"file": ("a.csv", b"a,b", "text/csv")}
    answer = await scene.post("/v1/imports", by="do-01", data=data, files=files)
    assert answer.json()["errors"][0]["code"] == "profile-unknown"


ORDERS = ("工单编号", "收到日期", "工单类别", "被反映单位", "姓名", "身份证号")
FIRM = "演示甲餐饮有限公司（虚构）"


def orders(*numbers: str, document: str = "310117189801010012") -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("台账")
    rows = [(n, "2023-11-10", "求助", FIRM, "演示工077", document) for n in numbers]
    for number, line in enumerate([ORDERS, *rows]):
        page.write_row(number, 0, line)
    book.close()
    return target.getvalue()


async def test_a_channels_list_registers_live_clues_once(scene: Scene) -> None:
    """Domain §5.9, 14: one number, one clue; the same list again is no news."""
    listed = {"profile": "orders-12345", "by": "do-01"}
    dry = await hand_in(scene, orders("H-1"), mode="dry_run", **listed)
    assert (dry["counts"]["success"], await scene.events()) == (1, [])
    first = await hand_in(scene, orders("H-1", "H-2"), **listed)
    assert (first["counts"]["success"], first["live_channel"]) == (2, "12345")
    assert (await scene.events())[1:5] == [
        "ComplaintReceived", "ClueRegistered", "WorkOrderClassified", "ReceiptIssued",
    ]  # fmt: skip
    longer = await hand_in(scene, orders("H-1", "H-2", "H-3"), **listed)
    assert (longer["counts"]["success"], longer["counts"]["skipped"]) == (1, 2)
    assert longer["report"]["finding_counts"] == {"already-imported": 2}
    wrong = await hand_in(scene, orders("H-4", document="310117189801010013"), **listed)
    assert wrong["counts"]["error"] == 1
    place = await scene.get(wrong["findings_url"], by="do-01")
    (found,) = place.json()["findings"]
    assert (found["code"], found["column"]) == ("row-refused", "F")
    assert (await scene.events()).count("ClueRegistered") == 3
