"""Whatever happens to a file's bytes, it is read or refused, and nothing else."""

import io
import zipfile
import zlib

import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.sheets.refusal import SheetRefused
from tests.unit.sheet_files import opened, with_part, xlsx

XLSX = xlsx([["编号", "金额"], ["A-1", 12.5], ["A-2", "x"]])
PARTS = (
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
)
Damage = list[tuple[int, int]]
damages = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4)


def old() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for row in range(3):
        page.write(row, 0, f"A-{row}")
        page.write(row, 1, row * 1.5)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


XLS = old()


def damaged(content: bytes, damage: Damage) -> bytes:
    changed = bytearray(content)
    for place, byte in damage:
        changed[place % len(changed)] = byte
    return bytes(changed)


def read_or_refused(content: bytes, name: str) -> bool:
    try:
        for sheet in opened(content, name).sheets:
            list(sheet.rows())
    except SheetRefused as refused:
        return bool(refused.zh)
    return True


@settings(max_examples=80, deadline=None)
@given(damages)
def test_a_damaged_archive_is_read_or_refused(damage: Damage) -> None:
    assert read_or_refused(damaged(XLSX, damage), "s.xlsx")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PARTS), damages)
def test_a_damaged_part_is_read_or_refused(part: str, damage: Damage) -> None:
    with zipfile.ZipFile(io.BytesIO(XLSX)) as archive:
        content = archive.read(part)
    assert read_or_refused(with_part(XLSX, part, damaged(content, damage)), "s.xlsx")


@settings(max_examples=100, deadline=None)
@given(damages)
def test_a_damaged_xls_is_read_or_refused(damage: Damage) -> None:
    assert read_or_refused(damaged(XLS, damage), "s.xls")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_or_refused(content: bytes) -> None:
    assert read_or_refused(content, "s.csv")
    assert read_or_refused(zlib.compress(content), "s.xlsx")
