"""The guide's worked example works: the profile in its text reads the sheet in it."""

import re
from pathlib import Path

from libs.sheets.source import Source
from services.intake.profiles.findings import CATALOGUE
from services.intake.profiles.meanings import SORTS
from services.intake.profiles.report import make_report
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import read_profile

GUIDE = Path(__file__).parents[2] / "docs" / "import-profiles.md"


def blocks() -> list[str]:
    """Return the code blocks of the worked example: the sheet, then the profile."""
    example = GUIDE.read_text(encoding="utf-8").partition("## 6.")[2]
    return re.findall(r"```(?:toml)?\n(.*?)```", example, re.DOTALL)


def test_the_worked_example_says_what_the_guide_says_it_says() -> None:
    sheet, profile = blocks()
    file = open_sheets(
        read_profile("harbour.toml", profile), Source("harbour.csv", sheet.encode())
    )
    report = make_report(file, read_rows(file))
    assert report.totals.all.rows == 2
    assert report.totals.all.amount("claimed").minor == 1250000
    assert report.totals.all.amount("paid").minor == 1250000
    assert report.totals.all.closed == 1
    assert report.unmapped_columns == ()
    assert [(f.column, f.row, f.code) for f in report.findings] == [
        ("D", 3, "amount-is-text")
    ]


def test_every_code_and_every_meaning_is_in_the_guide() -> None:
    words = set(re.findall(r"`([a-z_-]+)`", GUIDE.read_text(encoding="utf-8")))
    assert set(CATALOGUE) - words == set()
    assert set(SORTS) - words == set()
