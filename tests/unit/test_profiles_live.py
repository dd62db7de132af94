"""Lists of the channels: each row fills in a form, as an officer would."""

from datetime import date

import pytest
from pydantic import ValidationError

from libs.sheets.source import Source
from services.intake.importing.live import row_command, said_of
from services.intake.profiles.profile import LIVE
from services.intake.profiles.result import Fields, Outcome
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import (
    FOLDER,
    ProfileInvalid,
    profile,
    profile_names,
    read_profile,
)
from services.intake.profiles.template import write_template
from services.intake.said import ComplaintSaid, ReportSaid
from tests.unit.sheet_files import xlsx

OF_CHANNELS = {
    "orders-12345": "12345",
    "clues-platform": "platform",
    "petitions": "petition",
}
FIRM = "演示甲餐饮有限公司（虚构）"
ORDERS = ("工单编号", "收到日期", "工单类别", "被反映单位", "姓名", "电话", "欠薪金额")


def fields(name: str, heads: tuple[str, ...], *row: str | date) -> Fields:
    content = xlsx([heads, row])
    file = open_sheets(profile(name), Source("清单.xlsx", content))
    (only,) = read_rows(file)
    assert only.outcome is Outcome.SUCCESS, only.findings
    assert only.fields is not None
    return only.fields


def test_the_three_lists_register_live_clues_of_their_channels() -> None:
    live = {n: profile(n) for n in profile_names() if profile(n).registers == "live"}
    assert {name: one.channel for name, one in live.items()} == OF_CHANNELS
    assert set(LIVE) == set(OF_CHANNELS.values())
    text = (FOLDER / "petitions.toml").read_text("utf-8")
    assert read_profile("petitions.toml", text).registers == "live"
    other = text.replace('channel = "petition"', 'channel = "window"')
    with pytest.raises(ProfileInvalid, match="live rows are of a channel"):
        read_profile("petitions.toml", other)


@pytest.mark.parametrize("name", OF_CHANNELS)
def test_each_list_has_a_template_that_its_profile_reads(name: str) -> None:
    file = open_sheets(
        profile(name), Source("模板.xlsx", write_template(profile(name)))
    )
    assert file.profile.name == name
    assert list(read_rows(file)) == []


def test_an_order_of_the_list_is_a_complaint_with_its_kind_and_day() -> None:
    """CLK-80: the clock counts from the day in the list."""
    row = ("H-1", date(2023, 11, 13), "求助", FIRM, "演示工一", "13800000001", "1200")
    said = said_of("12345", fields("orders-12345", ORDERS, *row))
    assert isinstance(said, ComplaintSaid)
    assert (said.channel, said.channel_number) == ("12345", "H-1")
    assert said.item is not None
    assert said.item.model_dump() == {
        "item": "work_order",
        "order_kind": "help",
        "received_on": date(2023, 11, 13),
    }
    (worker,) = said.workers
    assert (worker.name, worker.claimed and worker.claimed.minor) == (
        "演示工一",
        120000,
    )


def test_a_row_without_a_name_is_an_unnamed_report_and_its_kind_may_come_later() -> (
    None
):
    row = ("H-1", date(2023, 11, 13), "别的", FIRM, "", "", "")
    said = said_of("12345", fields("orders-12345", ORDERS, *row))
    assert isinstance(said, ReportSaid)
    assert (said.mode, said.workers, said.item) == ("anonymous", (), None)


def test_a_petition_of_the_list_says_how_it_came_and_for_how_many() -> None:
    """XF 20 and 22."""
    heads = ("信访件编号", "登记日期", "信访形式", "人数", "用人单位", "信访人")
    row = ("XF-1", date(2023, 11, 13), "来访", "38", FIRM, "演示工二")
    said = said_of("petition", fields("petitions", heads, *row))
    assert said.item is not None
    told = said.item.model_dump()
    assert (told["petition_form"], told["people"]) == ("visit", 38)


def test_a_clue_of_the_platform_runs_from_the_day_it_flowed_in() -> None:
    """CLK-85."""
    heads = ("线索编号", "流入日期", "用人单位", "反映人")
    row = ("PT-1", date(2023, 11, 13), FIRM, "演示工三")
    said = said_of("platform", fields("clues-platform", heads, *row))
    assert said.item is not None
    assert said.item.received_on == date(2023, 11, 13)


def test_a_row_that_names_no_employer_cannot_be_registered() -> None:
    row = ("H-1", date(2023, 11, 13), "求助", "", "演示工一", "", "")
    with pytest.raises(ValidationError, match="employer"):
        said_of("12345", fields("orders-12345", ORDERS, *row))


def test_a_number_is_one_command_in_its_channel_whatever_the_list() -> None:
    """Domain §5.9, 14."""
    site = "310199000000"
    assert row_command(site, "12345", "1") == row_command(site, "12345", "1")
    assert row_command(site, "12345", "1") != row_command(site, "petition", "1")
