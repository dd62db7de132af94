"""Notice boards on pages: the register, its rate, its sheet, and a form (F-2.2.1b)."""

from io import BytesIO

from openpyxl import load_workbook

from libs.events.event import Recorded
from services.enforcement.notice_boards import KIND
from tests.console_scene import Console, console_scene
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on
from tests.unit.test_notice_boards import DAY, SITE, checked, found

PAGE = "/console/notice-boards"


def story() -> list[Recorded]:
    """A site's board that lacked something, and was checked again."""
    told, stream, later = Story(), KIND.stream(SITE), on(12, 1)
    for event in (checked("parties"), found("parties", "第三十四条第一项")):
        told.say("enforcement", stream, event, DAY)
    again = checked(corrected=("parties",), at=later)
    told.say("enforcement", stream, again, later)
    return told.said


async def test_the_register_says_how_many_comply_of_those_that_were_checked(
    fresh_database: FreshDatabases,
) -> None:
    async with console_scene(fresh_database, story()) as console:
        await _over_http(console)
        await _on_pages(console)


async def _over_http(console: Console) -> None:
    async with console.api("lg-01") as client:
        now = (await client.get("/v1/notice-boards")).json()
        assert now["counts"] == {
            "checked": 1, "compliant": 1, "checks": 2, "found": 1, "corrected": 1,
            "rate": "100.0",
        }  # fmt: skip
        then = {"as_of": "2023-11-24T00:00:00+08:00", "show": "defective"}
        before = (await client.get("/v1/notice-boards", params=then)).json()
        assert before["counts"]["rate"] == "0.0"
        assert before["items"][0]["defects"] == ["parties"]
        elsewhere = {"area": "R2"}
        none = (await client.get("/v1/notice-boards", params=elsewhere)).json()
        assert (none["items"], none["counts"]["rate"]) == ([], None)


async def _on_pages(console: Console) -> None:
    office, session = await console.signed_in("do-01")
    async with office:
        shown = (await office.get(PAGE)).text
        assert "合格 1 处 ÷ 已检查 1 处" in shown
        assert shown.count("<script") == 1  # the keys alone: pages need none
        book = await office.get(f"{PAGE}.xlsx")
        sheet = load_workbook(BytesIO(book.content)).worksheets[0]
        rows = [row[0] for row in sheet.iter_rows(values_only=True)]
        assert rows == ["项目", "虚构一号工地"]
        # Enforcement's door is down here: what was typed stands.
        typed = {"project_name": "虚构二号工地", "defects": "pay_day", "key": "k-1"}
        sent = await office.post(PAGE, data={**typed, "csrf": session.csrf})
        assert sent.status_code == 503
        assert 'value="pay_day" checked' in sent.text
    reader, _ = await console.signed_in("lg-01")
    async with reader:
        assert "登记告示牌检查" not in (await reader.get(PAGE)).text
