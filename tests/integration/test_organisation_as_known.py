"""The organisation is what it was known to be: an area added later was none then."""

from datetime import date, timedelta
from pathlib import Path

from libs.events.contracts.clocks import RulebookAdopted
from libs.ids import named
from tests.console_scene import RULES, console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

BOOK = f"rulebook-{named('book', 'organisation')}"
AREA = '"R2"'
FIRST, SECOND = on(11, 10), on(12, 1)
SOON = timedelta(seconds=1)
ADDRESS = "/v1/responsibilities"


def organisation(version: str, text: str) -> RulebookAdopted:
    """Adopt an organisation's text on a day before all that is told."""
    return RulebookAdopted(
        book="organisation",
        version=version,
        known_on=date(2023, 1, 1),
        in_force_from=date(2023, 1, 1),
        files={"organisation.toml": text},
    )


def without_area(path: Path) -> str:
    """Return the organisation's text without one residential area and its officers."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if AREA not in line)


async def test_an_area_that_was_added_later_was_none_then(
    fresh_database: FreshDatabases,
) -> None:
    story = Story()
    story.say("routing", BOOK, organisation("1", without_area(RULES)), FIRST)
    story.say("routing", BOOK, organisation("2", RULES.read_text("utf-8")), SECOND)
    asked = (FIRST - SOON, FIRST + SOON, SECOND, SECOND + SOON)
    async with (
        console_scene(fresh_database, story.said) as console,
        console.api("au-01") as client,
    ):
        told = [
            (await client.get(ADDRESS, params={"as_of": at.isoformat()})).json()
            for at in asked
        ]
    areas = [{line["code"] for line in one["areas"]} for one in told]
    assert [bool(found) for found in areas] == [False, True, True, True]
    assert ["R2" in found for found in areas] == [False, False, False, True]
