"""Publicity on pages: what was done, by unit and by week (F-2.2.1c)."""

from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from libs.calendar.local_days import start_of_day
from libs.events.event import Recorded
from libs.ids import named
from services.reporting.publicity import KIND
from tests.console_scene import Console, console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on
from tests.unit.test_publicity import LOGGED

PAGE = "/console/publicity"


def story() -> list[Recorded]:
    """Three activities: two of the centre in one week, one of LI in the next."""
    told = Story()
    days = (date(2023, 11, 20), date(2023, 11, 26), date(2023, 11, 27))
    for number, (day, unit) in enumerate(zip(days, ("LC", "LC", "LI"), strict=True)):
        this = named("test-activity", number)
        said = {"activity_id": this, "unit": unit, "held_on": day}
        event = LOGGED.model_copy(update=said)
        told.say("reporting", KIND.stream(this), event, on(11, 28), start_of_day(day))
    return told.said


async def test_activities_are_summed_by_unit_and_by_week(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, story()) as console:
        await _over_http(console)
        await _on_pages(console)


async def _over_http(console: Console) -> None:
    async with console.api("lg-01") as client:
        found = (await client.get("/v1/publicity")).json()
        sums = {"activities": 3, "sessions": 6, "people": 180, "leaflets": 300}
        assert found["total"] == {"unit": None, "week": None, **sums}
        assert [(one["unit"], one["people"]) for one in found["units"]] == [
            ("LC", 120), ("LI", 60),
        ]  # fmt: skip
        assert [(one["week"], one["people"]) for one in found["weeks"]] == [
            ("2023-11-27", 60), ("2023-11-20", 120),
        ]  # fmt: skip
        then = {"as_of": "2023-11-27T00:00:00+08:00"}
        before = (await client.get("/v1/publicity", params=then)).json()
        assert (before["items"], before["total"]["people"]) == ([], 0)
    async with console.api("li-01") as client:
        own = (await client.get("/v1/publicity")).json()
        assert (len(own["items"]), own["total"]["people"]) == (1, 60)


async def _on_pages(console: Console) -> None:
    office, session = await console.signed_in("lc-01")
    async with office:
        shown = (await office.get(PAGE)).text
        assert "虚构一号工地" in shown
        assert shown.count("<script") == 1  # the keys alone: pages need none
        book = await office.get(f"{PAGE}.xlsx?from_on=2023-11-27")
        sheet = load_workbook(BytesIO(book.content)).worksheets[0]
        (_, row) = sheet.iter_rows(values_only=True)
        assert row[5:] == (2, 60, 100)
        typed = {"place": "虚构二号工地", "people": "5", "key": "k-1"}
        sent = await office.post(PAGE, data={**typed, "csrf": session.csrf})
        assert sent.status_code == 503
        assert 'value="虚构二号工地"' in sent.text
