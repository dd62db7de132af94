"""A file that is not safe or not a sheet is refused as a whole, in one sentence."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlwt

from libs.sheets.limits import Limits
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import read_file
from tests.unit.sheet_files import edited, opened, with_part, xlsx

GOOD = xlsx([["编号", "金额"], ["A-1", 12.5]])
SHEET = "xl/worksheets/sheet1.xml"


def refusal(
    content: bytes, name: str = "sheet.xlsx", limits: Limits | None = None
) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        opened(content, name, limits or Limits())
    refused = caught.value
    assert refused.zh.endswith("。")
    assert refused.en.endswith(".")
    assert refused.zh.count("。") == 1
    return refused


def test_a_plain_workbook_is_opened() -> None:
    assert [sheet.name for sheet in opened(GOOD).sheets] == ["台账"]


def test_a_workbook_with_a_macro_project_is_refused() -> None:
    assert refusal(with_part(GOOD, "xl/vbaProject.bin", b"x")).code == "macros"


def test_a_workbook_declared_macro_enabled_is_refused() -> None:
    old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
    new = b"application/vnd.ms-excel.sheet.macroEnabled.main"
    assert refusal(edited(GOOD, "[Content_Types].xml", old, new)).code == "macros"


def test_a_macro_workbook_is_refused_by_its_name() -> None:
    assert refusal(GOOD, "sheet.xlsm").code == "macros"


@pytest.mark.parametrize(
    "part",
    [
        "xl/externalLinks/externalLink1.xml",
        "xl/connections.xml",
        "xl/queryTables/queryTable1.xml",
        "xl/embeddings/oleObject1.bin",
    ],
)
def test_a_workbook_that_draws_on_others_is_refused(part: str) -> None:
    assert refusal(with_part(GOOD, part, b"<x/>")).code == "external-links"


def test_an_outside_target_is_refused_also_without_its_part() -> None:
    relation = (
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/externalLinkPath"'
        b' Target="file:///share/other.xlsx" TargetMode="External"/></Relationships>'
    )
    bad = edited(GOOD, "xl/_rels/workbook.xml.rels", b"</Relationships>", relation)
    assert refusal(bad).code == "external-links"


def test_a_hyperlink_is_shown_and_never_fetched_so_it_is_no_reason_to_refuse() -> None:
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats'
        b'.org/officeDocument/2006/relationships/hyperlink"'
        b' Target="https://example.invalid/" TargetMode="External"/></Relationships>'
    )
    good = with_part(GOOD, "xl/worksheets/_rels/sheet1.xml.rels", relation)
    assert opened(good).sheets[0].survey.rows == 2


def test_an_archive_that_unpacks_to_far_more_is_refused() -> None:
    bomb = with_part(GOOD, "xl/media/zeros.bin", bytes(20_000_000))
    assert refusal(bomb).code == "zip-bomb"


def test_a_small_archive_of_low_ratio_is_refused_above_the_unpacked_limit() -> None:
    assert refusal(GOOD, limits=Limits(unpacked_bytes=1000)).code == "too-large"


def test_an_archive_of_too_many_parts_is_refused() -> None:
    assert refusal(GOOD, limits=Limits(parts=3)).code == "too-large"


@pytest.mark.parametrize(
    "limits",
    [
        Limits(file_bytes=100),
        Limits(rows=1),
        Limits(columns=1),
        Limits(cell_characters=2),
    ],
    ids=["bytes", "rows", "columns", "characters"],
)
def test_a_file_above_a_limit_is_refused(limits: Limits) -> None:
    assert refusal(GOOD, limits=limits).code == "too-large"


def test_a_csv_above_a_limit_is_refused() -> None:
    text = b"a,b\n1,2\n"
    for limits in (Limits(rows=1), Limits(columns=1), Limits(cell_characters=0)):
        assert refusal(text, "sheet.csv", limits).code == "too-large"


def test_a_file_is_weighed_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"0" * 200)
    with pytest.raises(SheetRefused) as caught:
        read_file(path, Limits(file_bytes=100))
    assert caught.value.code == "too-large"


def test_a_workbook_under_a_password_is_refused() -> None:
    assert refusal(compound("EncryptedPackage"), "sheet.xlsx.").code == "encrypted"


def test_an_encrypted_zip_entry_is_refused() -> None:
    marked = bytearray(GOOD)
    at = marked.rfind(b"PK\x01\x02")
    marked[at + 8] |= 1
    assert refusal(bytes(marked)).code == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        GOOD + b"<script>alert(1)</script>",
        GOOD[:-2] + b"\x09\x00" + b"<script/>",
        b"PK\x03\x04 something else first" + GOOD,
    ],
    ids=["behind", "comment", "before"],
)
def test_a_workbook_that_is_also_something_else_is_refused(content: bytes) -> None:
    assert refusal(content).code == "polyglot"


def test_a_workbook_with_one_part_twice_is_refused() -> None:
    target = io.BytesIO(GOOD)
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(target, "a") as archive,
    ):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(target.getvalue()).code == "polyglot"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 and so on", "sheet.pdf"),
        (b"MZ\x90\x00", "sheet.csv"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheet.xls"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "sheet.xls"),
        (GOOD, "sheet.csv"),
        (b"a,b\n1,2\n", "sheet.xlsx"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: bytes, name: str) -> None:
    assert refusal(content, name).code == "wrong-type"


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert refusal(target.getvalue()).code == "wrong-type"


@pytest.mark.parametrize("content", [b"", b" \r\n\t", xlsx([])])
def test_a_file_without_a_filled_cell_is_refused(content: bytes) -> None:
    name = "sheet.csv" if not content.strip() else "sheet.xlsx"
    assert refusal(content, name).code == "empty"


def test_a_document_type_is_refused_so_no_entity_is_ever_expanded() -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    bad = edited(GOOD, SHEET, b"<worksheet", declared)
    assert refusal(bad).code == "document-type"


def test_broken_xml_and_broken_zip_are_refused() -> None:
    assert refusal(edited(GOOD, SHEET, b"</sheetData>", b"<<<")).code == "malformed"
    assert refusal(GOOD[: len(GOOD) // 2]).code == "malformed"


def test_an_index_beyond_the_shared_strings_is_refused_when_read() -> None:
    bad = edited(GOOD, SHEET, b't="s"><v>0</v>', b't="s"><v>99</v>')
    with pytest.raises(SheetRefused) as caught:
        list(opened(bad).sheets[0].rows())
    assert caught.value.code == "malformed"


@pytest.mark.parametrize(
    "content",
    [
        "编号,金额\n".encode("utf-16"),
        b"a,b\n1,\0\n",
        b"name\ncaf\xe9 \n",
        b"\x81\x00",
    ],
    ids=["utf-16", "nul", "latin-1", "broken"],
)
def test_text_in_no_allowed_encoding_is_refused(content: bytes) -> None:
    assert refusal(content, "sheet.csv").code == "bad-encoding"


def test_quotes_that_do_not_pair_are_refused() -> None:
    assert refusal(b'a,b\n"1,2\n3,4\n', "sheet.csv").code == "bad-quoting"
    assert refusal(b'a,b\n"1"x,2\n', "sheet.csv").code == "bad-quoting"


def test_an_xls_with_a_macro_storage_is_refused() -> None:
    assert opened(compound("Workbook"), "a.xls").kind == "xls"
    assert refusal(compound("Workbook", "_VBA_PROJECT_CUR"), "a.xls").code == "macros"


def test_an_xls_that_draws_on_another_book_is_refused() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    page.write(0, 0, xlwt.Formula("1+1"))
    page.write(1, 0, date(2023, 11, 10))
    target = io.BytesIO()
    book.save(target)
    outside = target.getvalue()
    at = outside.find(b"\x85\x00")
    forged = outside[:at] + b"\xae\x01" + outside[at + 2 :]
    assert refusal(forged, "a.xls").code == "external-links"


def test_an_xls_under_a_password_is_refused() -> None:
    content = xls()
    at = content.find(b"\x85\x00")
    assert refusal(content[:at] + b"\x2f\x00" + content[at + 2 :], "a.xls").code == (
        "encrypted"
    )


def test_a_damaged_xls_is_refused_without_a_traceback() -> None:
    content = xls()
    for cut in (9, 600, 1200, len(content) - 600):
        assert refusal(content[:cut], "a.xls").code in {"malformed", "wrong-type"}


def xls() -> bytes:
    """Write a plain xls."""
    book = xlwt.Workbook()
    book.add_sheet("台账").write(0, 0, "编号")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def compound(*names: str) -> bytes:
    """Write a compound file that holds storages or streams of these names."""
    content = bytearray(xls())
    at = content.find("Root Entry".encode("utf-16-le"))
    for place, name in enumerate(names, 1):
        entry = at + place * 128
        coded = name.encode("utf-16-le")
        kind = content[entry + 66]
        content[entry : entry + 64] = coded.ljust(64, b"\0")
        content[entry + 64 : entry + 66] = (len(coded) + 2).to_bytes(2, "little")
        content[entry + 66] = kind or 1
    return bytes(content)
