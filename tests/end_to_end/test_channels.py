"""A 12345 order through all services: its clock, its answer, and its next episode."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from openpyxl import load_workbook

from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Act, Whole

RECEIVED = "2023-11-10"


async def test_f_2_2_1a_an_order_runs_on_its_own_clock_and_each_episode_is_answered(
    whole: Whole, tmp_path: Path
) -> None:
    """CLK-80 and domain §5.9, 14: one number, one clue, a clock and an answer each."""
    number = f"H-{uuid4().hex[:12]}"
    item = {"item": "work_order", "order_kind": "help", "received_on": RECEIVED}
    begun = await complain(whole, channel="12345", channel_number=number, item=item)
    clue = f"/v1/clues/{begun.clue_id}"
    await whole.do(Act("li-01", "intake", f"{clue}/urgings", {}))
    await whole.do(Act("li-01", "intake", f"{clue}/reply", {"conclusion": "settled"}))
    await whole.settled()
    assert await _clocks(whole, begun.case_id) == [("CLK-80", False)]
    again = {"order_kind": "advice", "received_on": RECEIVED}
    await whole.do(Act("li-01", "intake", f"{clue}/redispatch", again))
    await whole.settled()
    clocks = await _clocks(whole, begun.case_id)
    assert clocks == [("CLK-80", False), ("CLK-80-advice", True)]
    line = await _line(whole, number)
    assert (line["urgings"], line["redispatched"], line["answered_at"]) == (1, 1, None)
    await whole.do(Act("li-01", "intake", f"{clue}/reply", {"conclusion": "settled"}))
    await whole.settled()
    file = tmp_path / "answers.xlsx"
    said = await whole.cli("answers", "--channel", "12345", str(file))
    assert said.code == 0, said
    rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
    assert number in {row[0] for row in rows}


async def _clocks(whole: Whole, case_id: object) -> list[tuple[str, bool]]:
    page = await whole.get("au-01", "reporting", f"/v1/cases/{case_id}")
    found = [
        (one["clock"], one["running"])
        for one in page["deadlines"]
        if one["clock"].startswith("CLK-80")
    ]
    return sorted(found)


async def _line(whole: Whole, number: str) -> dict[str, Any]:
    path = "/v1/channels/12345/items"
    said = await whole.get("au-01", "reporting", path, number=number)
    (line,) = said["items"]
    found: dict[str, Any] = line
    return found
