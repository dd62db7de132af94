"""A saved profile opens again on the workbench, and goes on as its next version."""

import tomllib

import pytest

from services.intake.profiles.composing import composed
from services.intake.profiles.mending import mends
from services.intake.profiles.shelf import profile_names, read_profile, released_text
from services.intake.profiles.start import start_of
from services.intake.profiles.writing import profile_toml
from tests.unit.sheet_files import xlsx
from tests.unit.test_workbench import FIRM, PAPER
from tests.unit.workbench import choices, results, seen


def test_a_saved_profile_opens_again_with_the_same_choices() -> None:
    found = seen(xlsx(PAPER))
    said = choices(found, key=("employer",), unmapped="refused", individual="always")
    text = composed(said, found, 1)
    begun = start_of(text, found, "site-sheet")
    assert begun.columns == start_of(None, found).columns
    again = choices(
        found,
        key=begun.key,
        unmapped=begun.unmapped,
        individual=begun.individual,
        channel=begun.channel,
        first_on=begun.first_on,
        last_on=begun.last_on,
        formats=begun.formats,
    )
    after = composed(again, found, 2, text)
    assert tomllib.loads(after) == tomllib.loads(
        text.replace("version = 1", "version = 2").replace("sheet/1", "sheet/2")
    )


def test_a_base_keeps_its_codes_remarks_and_older_headers() -> None:
    content = xlsx([["工单号", "收到日期", "诉求类型", "被反映单位"]])
    found = seen(content)
    more = '[codes.order_kind]\n"求助类" = "help"\n"特急" = "urgent"\n'
    base = released_text("orders-12345").replace("[codes.order_kind]\n", more)
    words = [
        {"words": one.word, "meaning": one.meaning, "code": one.code}
        for one in start_of(base, found).words
    ]
    said = choices(found, registers="live", channel="12345", words=words)
    profile = read_profile("p", composed(said, found, 1, base))
    codes = profile.codes["order_kind"]
    assert (codes["求助类"], codes["特急"], codes["求助"]) == ("help", "urgent", "help")
    assert profile.columns["channel_number"].headers == ("工单号", "工单编号")


def test_a_sheets_own_words_stand_for_codes_and_are_there_when_it_opens_again() -> None:
    content = xlsx([["编号", "单位", "状态"], ["1", FIRM, "了结"], ["2", FIRM, "在办"]])
    found = seen(content)
    said = choices(
        found, words=[{"words": "了结", "meaning": "status", "code": "closed"}]
    )
    assert mends(said, found) == []
    text = composed(said, found, 1)
    ended = results(read_profile("p", text), content)
    assert [one.fields and one.fields.closed for one in ended] == [True, False]
    (word,) = start_of(text, found).words
    assert (word.word, word.code) == ("了结", "closed")


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_written_as_it_was_read(name: str) -> None:
    said = tomllib.loads(released_text(name))
    assert tomllib.loads(profile_toml(said)) == said
