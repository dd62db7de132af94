"""The workbench through the real door: a sheet nobody knows, mapped, tried, adopted."""

import io
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from services.intake.importing.files import Files
from services.intake.vault.keys import Keys
from tests.intake_scene import Scene, intake, set_up_database
from tests.integration.test_import import XLSX, ended, hand_in
from tests.stack import FreshDatabases
from tests.unit.sheet_files import Value, xlsx

FIRM = "演示甲建筑有限公司（虚构）"
NAME = "paper-2023"
HEADERS: list[Value] = [
    *("序号", "台账编号", "登记日期", "单位名称"),
    *("反映金额", "反映人", "电话"),
]
PAPER: list[list[Value]] = [
    ["虚构街道2023年欠薪台账（单位：万元）"],
    HEADERS,
    [1, "纸-001", date(2023, 11, 10), FIRM, 1.25, "演示工077", "13800000077"],
    [2, "纸-002", date(2023, 11, 11), FIRM, 0.5, "演示工078", "13800000078"],
    ["合计", None, None, None, 1.75],
]


@pytest.fixture
async def scene(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Scene]:
    """Intake on a database of this test's own."""
    async with intake(await fresh_database(set_up_database), tmp_path) as served:
        yield served


async def laid_down(scene: Scene, rows: list[list[Value]] = PAPER) -> dict[str, Any]:
    files = {"file": ("账.xlsx", xlsx(rows), XLSX)}
    answer = await scene.post("/v1/import-samples", by="do-01", files=files)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def chosen(seen: dict[str, Any], **changed: Any) -> dict[str, Any]:
    columns = [
        {"column": one["column"], "meaning": one["meaning"], "unit": one["unit"]}
        for one in seen["columns"]
        if one["meaning"]
    ]
    return {
        "name": NAME,
        "title_zh": "虚构街道台账",
        "title_en": "An invented street's ledger",
        "sheet": seen["sheet"],
        "header_row": seen["header_row"],
        "channel": "paper-ledger",
        "formats": seen["formats"],
        "columns": columns,
        **changed,
    }


async def tried(scene: Scene, seen: dict[str, Any], **changed: Any) -> dict[str, Any]:
    path = f"/v1/import-samples/{seen['sample_id']}/trials"
    answer = await scene.post(path, chosen(seen, **changed), by="do-01")
    assert answer.status_code == 202, answer.text
    return await ended(scene, answer.headers["location"])


async def saved(scene: Scene, trial: dict[str, Any]) -> None:
    body = {"import_id": trial["import_id"]}
    drafted = await scene.post("/v1/import-profiles/drafts", body, by="do-01")
    assert drafted.status_code == 201, drafted.text
    path = f"/v1/import-profiles/drafts/{drafted.json()['draft_id']}/adoption"
    own = await scene.post(path, {}, by="do-01")
    assert (own.status_code, own.json()["code"]) == (409, "drafter-adopts")
    adopted = await scene.post(path, {}, by="lc-01")
    assert adopted.status_code == 201, adopted.text


async def listed(scene: Scene) -> dict[str, Any]:
    answer = await scene.get("/v1/import-profiles", by="do-01")
    (found,) = [one for one in answer.json() if one["name"] == NAME]
    said: dict[str, Any] = found
    return said


async def test_an_offices_own_ledger_goes_in_through_a_profile_made_without_code(
    scene: Scene,
) -> None:
    """F-2.2.3c: upload, map, dry run, save, adopt by another person, import."""
    seen = await laid_down(scene)
    assert (seen["header_row"], seen["columns"][4]["unit"]) == (2, "wan")
    assert seen["columns"][5]["samples"] == ["某某某999"]
    trial = await tried(scene, seen)
    assert trial["counts"] == {"success": 2, "error": 0, "duplicate": 0, "skipped": 1}
    assert await scene.events() == []
    await saved(scene, trial)
    first = await hand_in(scene, xlsx(PAPER), profile=NAME)
    assert (first["counts"]["success"], first["profile_version"]) == (2, 1)
    claimed = first["report"]["totals"]["amounts"]["claimed"]["minor"]
    assert claimed == 1750000
    assert (await scene.events())[:3] == [
        "ImportProfileDrafted", "ImportProfileAdopted", "ImportOpened",
    ]  # fmt: skip
    again = await hand_in(scene, xlsx(PAPER), profile=NAME)
    assert again["counts"] == {"success": 0, "error": 0, "duplicate": 0, "skipped": 3}
    data = await scene.pool.fetch("SELECT data::text FROM journal.event")
    assert not any("演示工" in row["data"] for row in data)


async def test_a_next_version_keeps_the_older_import_readable(scene: Scene) -> None:
    seen = await laid_down(scene)
    await saved(scene, await tried(scene, seen))
    first = await hand_in(scene, xlsx(PAPER), profile=NAME)
    template = await scene.get(f"/v1/import-profiles/{NAME}/template.xlsx", by="do-01")
    place = f"/v1/import-samples/{seen['sample_id']}?start_with={NAME}"
    opened = (await scene.get(place, by="do-01")).json()
    assert opened["start"]["name"] == NAME
    assert opened["columns"] == seen["columns"]
    second = await tried(scene, opened, unmapped="refused", base=NAME)
    assert second["profile_version"] == 2
    await saved(scene, second)
    found = await listed(scene)
    assert (found["version"], found["versions"], found["released"]) == (
        2,
        [1, 2],
        False,
    )
    text = await scene.get(f"{found['profile_url']}?version=1", by="do-01")
    assert "version = 1\n" in text.text
    refused = await hand_in(scene, template.content, profile=NAME)
    assert refused["refused"]["code"] == "template-version"
    older = await scene.get(f"/v1/imports/{first['import_id']}", by="do-01")
    assert older.json()["report"]["profile_version"] == 1
    assert older.json()["registers"] == "history"


async def test_what_was_not_tried_or_read_nothing_is_not_saved(scene: Scene) -> None:
    plain = await hand_in(scene, xlsx(PAPER), profile="ledger", mode="dry_run")
    body = {"import_id": plain["import_id"]}
    answer = await scene.post("/v1/import-profiles/drafts", body, by="do-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-a-trial")
    rows: list[list[Value]] = [HEADERS, ["合计", None, None, None, 1.75]]
    nothing = await tried(scene, await laid_down(scene, rows))
    body = {"import_id": nothing["import_id"]}
    answer = await scene.post("/v1/import-profiles/drafts", body, by="do-01")
    assert answer.json()["code"] == "nothing-read"


async def test_choices_to_mend_come_back_in_both_languages(scene: Scene) -> None:
    seen = await laid_down(scene)
    path = f"/v1/import-samples/{seen['sample_id']}/trials"
    body = chosen(seen, columns=[], name="ledger")
    for language, word in (("zh", "编号"), ("en", "number")):
        headers = {"Accept-Language": language}
        answer = await scene.post(path, body, by="do-01", headers=headers)
        errors = {one["code"]: one["detail"] for one in answer.json()["errors"]}
        assert answer.status_code == 422
        assert set(errors) == {"profile-name-taken", "no-columns"}
        assert word in errors["no-columns"]


async def test_a_sample_is_its_units_alone_sealed_and_destroyed(scene: Scene) -> None:
    seen = await laid_down(scene)
    place = f"/v1/import-samples/{seen['sample_id']}"
    assert (await scene.get(place, by="li-01")).status_code == 404
    assert (await scene.get(place, by="au-01")).status_code in {403, 404}
    objects = scene.running.settings.objects
    kept = [path for path in objects.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert "演示工".encode() not in kept[0].read_bytes()
    keys = Keys.of(b"m" * 32, b"c" * 32)
    assert await Files(objects, keys).destroy_old(scene.pool, days=-1) == 1
    assert not kept[0].exists()
    assert (await scene.get(place, by="do-01")).status_code == 404


async def test_a_sheet_of_our_own_registers_nothing(scene: Scene) -> None:
    """A row with a mark that nobody here knows is an error, never a registration."""
    await hand_in(
        scene, xlsx([["编号", "登记日期", "单位"], ["1", date(2023, 1, 2), FIRM]])
    )
    rows = await scene.pool.fetch("SELECT stream FROM journal.event")
    (mark,) = {row["stream"] for row in rows if row["stream"].startswith("row-")}
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["编号", "系统标识"], ["1", mark]])))
    book.active.append(["2", "row-00000000-0000-0000-0000-000000000000"])
    book.create_sheet("_qingxin")["A1"] = "own-ledger/1"
    cell = DefinedName("qingxin_template", attr_text="_qingxin!$A$1")
    book.defined_names.add(cell)
    target = io.BytesIO()
    book.save(target)
    before = await scene.events()
    said = await hand_in(scene, target.getvalue(), profile="own-ledger")
    assert said["counts"] == {"success": 0, "error": 1, "duplicate": 0, "skipped": 1}
    assert said["report"]["finding_counts"] == {"own-known": 1, "own-unknown": 1}
    after = await scene.events()
    assert after == [*before, "ImportOpened", "ImportFinished"]
    assert "演示工" not in json.dumps(said, ensure_ascii=False)
