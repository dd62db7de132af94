"""What the agencies' files must add up to: published totals, by sheet for Kansas."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER_SETTING = "QINGXIN_REAL_DATA"
KANSAS = "kansas-wage-claims-2010-2022.xlsx"
MAINE = "maine-wage-complaints.csv"
MINNESOTA = "minnesota-wage-claims.xlsx"
FILES = {"kansas": KANSAS, "maine": MAINE, "minnesota": MINNESOTA}
_BY_SHEET = "kansas-expected-by-sheet.csv"
_LEGACY, _CURRENT = "Dataset1 - Legacy Database", "Dataset2 - Current Database"

# Whole files and Minnesota's sheets; amounts in cents, numeric cells only.
_TOTALS = (
    ("kansas", "", "rows", 10_192),
    ("kansas", "", "distinct numbers", 10_188),
    ("kansas", "", "distinct claims", 10_192),
    ("kansas", "", "claimed", 3_515_286_778),
    ("kansas", "", "claimed numeric", 8_754),
    ("kansas", "", "paid", 1_047_335_833),
    ("kansas", "", "paid numeric", 4_940),
    ("maine", "", "rows", 792),
    ("maine", "", "verified", 197_730_007),
    ("maine", "", "paid", 145_189_101),
    ("maine", "", "paid numeric", 695),
    ("minnesota", _LEGACY, "rows", 1_126),
    ("minnesota", _LEGACY, "claimed", 640_961_514),
    ("minnesota", _LEGACY, "claimed numeric", 653),
    ("minnesota", _LEGACY, "paid", 531_923_384),
    ("minnesota", _LEGACY, "paid numeric", 611),
    ("minnesota", _CURRENT, "rows", 631),
    ("minnesota", _CURRENT, "claimed", 168_572_862),
    ("minnesota", _CURRENT, "claimed numeric", 608),
    ("minnesota", _CURRENT, "paid", 36_034_014),
    ("minnesota", _CURRENT, "paid numeric", 350),
)
_COLUMNS = (
    ("rows", "rows"),
    ("distinct_claim_numbers", "distinct numbers"),
    ("numeric_wages", "claimed numeric"),
    ("sum_wages", "claimed"),
    ("numeric_amount", "paid numeric"),
    ("sum_amount", "paid"),
    ("amount_above_zero", "paid above zero"),
    ("order_present", "ordered_on filled"),
    ("closed_present", "closed_on filled"),
)


@dataclass(frozen=True)
class Figure:
    """One published figure: profile, sheet (empty: all), what it counts, its value.

    Amounts are in cents; `is_amount` tells them from counts.
    """

    profile: str
    sheet: str
    name: str
    value: int

    @property
    def is_amount(self) -> bool:
        """Whether the value is money."""
        return self.name in ("claimed", "verified", "paid")


class FilesMissing(Exception):
    """The agencies' files are not where the setting says."""


def folder() -> Path:
    """Return the folder of the files; raises `FilesMissing` with one line."""
    path = Path(os.environ.get(FOLDER_SETTING, ROOT / "../shared/data/real")).resolve()
    missing = [
        name for name in (*FILES.values(), _BY_SHEET) if not (path / name).is_file()
    ]
    if missing:
        raise FilesMissing(
            f"The agencies' files are not there ({', '.join(missing)});"
            f" set {FOLDER_SETTING} to the folder that holds them."
        )
    return path


def figures(path: Path) -> Iterator[Figure]:
    """Yield every published figure; Kansas by sheet from the file beside the sheets."""
    for profile, sheet, name, value in _TOTALS:
        yield Figure(profile, sheet, name, value)
    with (path / _BY_SHEET).open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            for column, name in _COLUMNS:
                figure = Figure("kansas", line["sheet"], name, 0)
                scale = 100 if figure.is_amount else 1
                value = int(Decimal(line[column]) * scale)
                yield Figure("kansas", line["sheet"], name, value)
