"""An amended notice is adopted on the terminal: what runs is counted by it."""

import json
from pathlib import Path
from typing import Any

from libs.calendar import load_year, year_text
from libs.calendar.tables import Holiday
from services.routing.seeding import books
from tests.end_to_end.complaint import complain, officer
from tests.end_to_end.test_operating import browser
from tests.end_to_end.whole import Act, Whole
from tests.eventually import eventually

NOTICE = load_year(books()["calendar"]["2024.toml"])


def amended(folder: Path) -> Path:
    """Write the notice of 2024 with a day more off, which sixty days cross."""
    day = NOTICE.holidays[0].first.replace(month=1, day=31)
    more = Holiday(name_zh="例", name_en="Example", first=day, last=day)
    holidays = (*NOTICE.holidays, more)
    path = folder / "2024.toml"
    update = {"version": NOTICE.version + 1, "holidays": holidays}
    path.write_text(year_text(NOTICE.model_copy(update=update)), "utf-8")
    return path


async def _filed(whole: Whole) -> str:
    """Return a case that the district has filed: CLK-05 runs."""
    begun = await complain(whole)
    case = f"/v1/cases/{begun.case_id}"
    two = [officer(whole, "db-01"), officer(whole, "db-02")]
    filing = Act("db-01", "enforcement", f"{case}/filing", {"officer_ids": two})
    await whole.do(filing)
    await whole.settled()
    return str(begun.case_id)


async def _clk_05(whole: Whole, case_id: str) -> dict[str, Any]:
    found = await whole.get("au-01", "reporting", f"/v1/cases/{case_id}")
    running = (one for one in found["deadlines"] if one["clock"] == "CLK-05")
    row: dict[str, Any] = next(running)
    return row


async def _moved(whole: Whole, case_id: str, from_: str) -> dict[str, Any]:
    """Return the deadline once its row has another day: the service's timers did it."""
    row = await _clk_05(whole, case_id)
    assert row["due_on"] != from_
    return row


async def test_an_amended_notice_moves_what_runs_and_lists_whom_it_moved(
    whole: Whole, tmp_path: Path
) -> None:
    case_id = await _filed(whole)
    before = await _clk_05(whole, case_id)
    done = await whole.cli("calendar", "adopt", str(amended(tmp_path)))
    assert done.code == 0, done.err
    again = await whole.cli("calendar", "adopt", str(amended(tmp_path)))
    assert (again.code, "higher version" in again.err) == (1, True)
    after = await eventually(lambda: _moved(whole, case_id, before["due_on"]), 30)

    assert after["due_on"] > before["due_on"]
    assert after["recomputed_from"] == before["due_on"]
    assert "2024.2" in after["calendar_version"]
    listed = await whole.cli("calendar", "--json", "affected")
    assert case_id in {one["case_id"] for one in json.loads(listed.out)["items"]}
    newest = (await whole.get("au-01", "reporting", "/v1/calendars"))["items"][0]
    assert newest["moved"]["later"] >= 1
    assert newest["moved"]["deadlines"] >= newest["moved"]["later"]
    async with browser(whole, "lg-01") as (client, _):
        page = await client.get("/console/calendars")
        assert page.status_code == 200
        assert f"/console/cases/{case_id}" in page.text
        assert newest["calendar_version"] in page.text
        shown = await client.get(f"/console/cases/{case_id}")
        assert before["due_on"] in shown.text
        one = await client.get(f"/console/deadlines/{after['deadline_id']}")
        assert "国办发明电〔2023〕7号" in one.text
        assert after["due_on"] in one.text
    path = f"/v1/deadlines/{after['deadline_id']}"
    lines = (await whole.get("db-01", "reporting", path))["days"]
    assert sum(line["number"] is not None for line in lines) == 60
    assert next(d for d in lines if d["day"] == "2024-01-31")["name_en"] == "Example"
    async with browser(whole, "r1-01") as (client, _):
        # Another unit sees the counts, and not whose cases they are.
        page = await client.get("/console/calendars")
        assert f"/console/cases/{case_id}" not in page.text
        one = await client.get(f"/console/deadlines/{after['deadline_id']}")
        assert one.status_code == 404
