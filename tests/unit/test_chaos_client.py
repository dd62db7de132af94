"""A repeat has to be told what was told first: anything else is a broken promise."""

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.client import REPEAT_DIFFERS
from tests.chaos.history import Op, lines
from tests.chaos.standing import client, saying

FIRST: dict[str, Any] = {"case_id": "1", "repeated": False}
AGAIN: dict[str, Any] = {"case_id": "1", "repeated": True}
BUSY = (503, {"code": "unavailable"})


async def repeated(
    folder: Path, *answers: tuple[int, dict[str, Any]]
) -> tuple[str, dict[str, Any]]:
    asking = client(folder / "history.jsonl", saying(*answers), "intake")
    op = Op("act", "li-01", "intake", "/v1/complaints", phase="ok", answer=FIRST)
    await asking.again(op, {"json": {}})
    told = [one for one in lines(folder / "history.jsonl") if one["what"] == "repeat"]
    assert len(told) == 1
    assert asking.history.repeats == {told[0]["said"]: 1}
    return op.code, told[0]


async def test_the_first_answer_again_is_the_same(tmp_path: Path) -> None:
    code, told = await repeated(tmp_path, (200, AGAIN))
    assert (code, told["said"], told["tries"]) == ("", "same", 1)


@pytest.mark.parametrize("busy", [BUSY, (429, {}), (403, {}), (404, {}), (412, {})])
async def test_it_is_asked_again_until_it_is_told(busy: Any, tmp_path: Path) -> None:
    code, told = await repeated(tmp_path, busy, busy, (200, AGAIN))
    assert (code, told["said"], told["tries"]) == ("", "same", 3)


@pytest.mark.parametrize(
    "other",
    [
        (200, {"case_id": "2"}),
        (422, {"code": "key-reused"}),
        (403, {"code": "forbidden"}),
        (404, {"code": "not-found"}),
        (412, {"code": "stale"}),
        (409, {"code": "conflict"}),
    ],
)
async def test_another_answer_in_the_end_differs(other: Any, tmp_path: Path) -> None:
    code, told = await repeated(tmp_path, BUSY, other)
    assert (code, told["said"]) == (REPEAT_DIFFERS, "differs")


async def test_who_is_never_told_does_not_know(tmp_path: Path) -> None:
    code, told = await repeated(tmp_path, BUSY)
    assert (code, told["said"]) == ("", "unknown")


async def test_an_import_that_went_on_is_the_same_import(tmp_path: Path) -> None:
    door = saying((202, {"import_id": "7", "state": "done"}))
    asking = client(tmp_path / "history.jsonl", door, "intake")
    op = Op("import", "do-01", "intake", "/v1/imports", phase="ok")
    op.answer = {"import_id": "7", "state": "waiting"}
    await asking.again(op, {"data": {}})
    assert (op.code, asking.history.repeats) == ("", {"same": 1})
