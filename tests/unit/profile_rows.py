"""A small profile for tests, and rows read by it."""

from collections.abc import Sequence

from libs.sheets.source import Source
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import read_profile
from tests.unit.sheet_files import Value, xlsx

PROFILE = """
name = "sample"
version = 1
title = { zh = "样例", en = "Sample" }
kinds = ["xlsx", "csv"]
channel = "sample"

[dates]
window = { first = 2010-01-01, last = 2023-12-31 }
formats = ["YYYY-M-D"]

[money]
currency = "USD"
rounding = "half_even"
plausible_max = "100000"

[key]
columns = ["sheet", "channel_number", "employer"]

[rows]
skip = [{ meaning = "channel_number", matches = "Total" }]
closed_when_filled = ["closed_on"]

[employer]
individual = "by_name"
language = "english"

[columns.channel_number]
headers = ["Claim #"]
required = true
pattern = '\\d{2}-\\d{4}'

[columns.employer]
headers = ["Employer"]
required = true

[columns.claimed]
headers = ["Wages", "Amount claimed"]
required = true

[columns.received_on]
headers = ["Received"]

[columns.closed_on]
headers = ["Closed"]
not_before = "received_on"

[columns.paid]
headers = ["Amount"]

[columns.area]
headers = ["Area"]

[columns.workers]
headers = ["Workers"]

[columns.credit_code]
headers = ["Code"]

[columns.reporter_phone]
headers = ["Phone"]

[columns.notes]
headers = ["Notes"]

[codes.area]
"1" = "north"

[[notes]]
code = "bankrupt"
words = ["bankrupt"]
exact = ["BR"]
"""

HEADERS = (
    "Claim #",
    "Employer",
    "Wages",
    "Received",
    "Closed",
    "Amount",
    "Area",
    "Workers",
    "Code",
    "Phone",
    "Notes",
)
GOOD: dict[str, Value] = {"Claim #": "10-0001", "Employer": "Polar LLC", "Wages": 386}


def sample(*edits: tuple[str, str]) -> Profile:
    """Return the profile with some of its words replaced; they must be there."""
    text = PROFILE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return read_profile("sample.toml", text)


def results(content: bytes, profile: Profile, name: str = "s.xlsx") -> list[RowResult]:
    """All results of a file."""
    return list(read_rows(open_sheets(profile, Source(name, content))))


def rows(
    lines: Sequence[dict[str, Value]], profile: Profile | None = None
) -> list[RowResult]:
    """Return the results of lines given by header, in one sheet named 2023."""
    table = [HEADERS, *([line.get(head) for head in HEADERS] for line in lines)]
    return results(xlsx(table, sheet="2023"), profile or sample())


def row(profile: Profile | None = None) -> RowResult:
    """Return the result of the good line."""
    return rows([GOOD], profile)[0]


def row_with(header: str, value: Value, profile: Profile | None = None) -> RowResult:
    """Return the result of the good line with one cell changed."""
    return rows([{**GOOD, header: value}], profile)[0]


def codes(result: RowResult) -> list[str]:
    """Return the codes of a row's findings."""
    return [finding.code for finding in result.findings]


def amount(result: RowResult, meaning: str = "claimed") -> int | None:
    """Return one amount of a row, in minor units."""
    assert result.fields is not None
    money = result.fields.amounts.get(meaning)
    return None if money is None else money.minor
