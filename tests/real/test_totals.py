"""Three agencies' published totals come out of their own sheets, to the cent."""

from pathlib import Path

import pytest

from services.intake.profiles.result import RowResult
from services.intake.profiles.totals import FileTotals
from tests.real.published import FilesMissing, folder
from tests.real.totals import added_up, compared, main, read_results, table

Results = dict[str, list[RowResult]]


@pytest.fixture(scope="module")
def path() -> Path:
    """Find the folder of the agencies' files."""
    try:
        return folder()
    except FilesMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="module")
def results(path: Path) -> Results:
    """Read each agency's file under its profile."""
    return read_results(path)


@pytest.fixture(scope="module")
def totals(results: Results) -> dict[str, FileTotals]:
    """Add up each agency's file."""
    return added_up(results)


def test_every_published_total_comes_out(
    path: Path, totals: dict[str, FileTotals]
) -> None:
    text, differ = table(compared(path, totals))
    assert differ == 0, text


def test_one_figure_that_differs_is_told(
    path: Path, totals: dict[str, FileTotals]
) -> None:
    pairs = [(figure, value + 1) for figure, value in compared(path, totals)]
    text, differ = table(pairs[:1])
    assert differ == 1
    assert "DIFFERS" in text


def test_missing_files_are_one_line_and_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QINGXIN_REAL_DATA", str(tmp_path))
    assert main() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_cannot_be_read_is_reported_and_no_row_is_lost(
    totals: dict[str, FileTotals],
) -> None:
    kansas = totals["kansas"].findings
    assert kansas["amount-is-text"] == 1_426 + 22
    assert kansas["amount-is-date"] == 1
    assert (kansas["date-is-text"], kansas["date-is-number"]) == (27, 1)
    assert kansas["employer-missing"] == 2
    assert totals["kansas"].all.outcomes.total() == 10_192
    assert len(totals["kansas"].rounded) == 6
    assert len(totals["minnesota"].rounded) == 21
    assert totals["maine"].rounded == []


def test_an_unreadable_date_never_costs_an_amount(results: Results) -> None:
    unreadable = {"date-is-text", "date-is-number", "cell-spaces"}
    columns = set("CFGHIK")
    rows = [
        result
        for result in results["kansas"]
        if result.fields
        and "claimed" in result.fields.amounts
        and any(f.code in unreadable and f.column in columns for f in result.findings)
    ]
    assert len(rows) == 24
