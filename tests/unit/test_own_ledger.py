"""The ledger that the console exports is known again, and registers nothing."""

import re
from uuid import UUID

import pytest

from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.importing.recognising import MARK, Recognising
from services.intake.profiles.result import Outcome
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import profile
from services.reporting.console.columns import COLUMNS
from services.reporting.console.export import CELL, TEMPLATE
from services.reporting.console.words import words
from tests.unit.sheet_files import xlsx

OWN = profile("own-ledger")
ONE = UUID(int=1)


def test_its_template_is_the_one_that_the_export_says() -> None:
    assert OWN.template is not None
    assert (OWN.template.cell, OWN.template.value) == (CELL, TEMPLATE)
    assert OWN.template.required
    assert OWN.registers == "nothing"


def test_every_column_of_the_export_is_known_in_both_languages() -> None:
    heads = {words(one)(f"column.{c.key}") for one in ("zh", "en") for c in COLUMNS}
    assert heads == {*OWN.ignored, *OWN.columns["channel_number"].headers}


def test_the_totals_at_its_foot_are_no_rows() -> None:
    (skip,) = OWN.rows.skip
    for language in ("zh", "en"):
        said = words(language)
        for key in ("ledger.total", "ledger.total-none"):
            foot = said(key, cases=12).replace(" ", "")
            assert re.fullmatch(skip.matches, foot), foot


def test_a_mark_is_the_stream_in_which_a_line_began() -> None:
    assert MARK.fullmatch(f"clue-{ONE}")
    assert MARK.fullmatch(f"row-{ONE}")
    assert not MARK.fullmatch(f"vault-{ONE}")


def test_a_sheet_without_the_mark_of_ours_is_refused() -> None:
    content = xlsx([["编号", "系统标识"], ["1", f"clue-{ONE}"]])
    with pytest.raises(SheetRefused) as refused:
        open_sheets(OWN, Source("s.xlsx", content))
    assert refused.value.code == "wrong-template"


class Pool:
    """A database that knows one stream."""

    async def fetch(self, _: str, asked: list[str]) -> list[dict[str, str]]:
        return [{"stream": one} for one in asked if one == f"clue-{ONE}"]


async def test_rows_are_known_or_not_and_none_is_good() -> None:
    bare = OWN.model_copy(update={"template": None})
    lines = [["1", f"clue-{ONE}"], ["2", f"row-{ONE}"], ["3", "x"], ["合计 3 件"]]
    content = xlsx([["编号", "系统标识"], *lines])
    read = list(read_rows(open_sheets(bare, Source("s.xlsx", content))))
    ended = await Recognising(Pool()).record(read)
    assert [one.outcome for one in ended] == [
        Outcome.SKIPPED,
        Outcome.ERROR,
        Outcome.ERROR,
        Outcome.SKIPPED,
    ]
    assert [one.findings[-1].code for one in ended] == [
        "own-known",
        "own-unknown",
        "own-unknown",
        "row-skipped",
    ]
