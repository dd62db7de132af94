"""A csv file: its encoding, its delimiter and its rows, all strict."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from libs.sheets.cell import SheetRow
from libs.sheets.limits import Limits
from libs.sheets.refusal import SheetRefused, bad_encoding, too_large
from libs.sheets.stored import text_cell
from libs.sheets.worksheet import Survey

ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = (",", ";", "\t", "|")
_HEAD_LINES = 20


@dataclass
class CsvSheet:
    """The one sheet of a csv file; every cell is text."""

    name: str
    survey: Survey
    encoding: str
    delimiter: str
    _text: str = field(repr=False)

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that hold anything, numbered as a spreadsheet would."""
        for number, record in enumerate(_records(self._text, self.delimiter), 1):
            cells = {
                column: text_cell(value) for column, value in enumerate(record) if value
            }
            if cells:
                yield SheetRow(number, cells)


def open_csv(
    content: bytes, limits: Limits, encodings: Sequence[str] = ENCODINGS
) -> CsvSheet:
    """Decode and check a csv file.

    Raises `SheetRefused`: bad-encoding, bad-quoting, too-large.
    """
    text, encoding = _decode(content, encodings)
    delimiter = _delimiter(text)
    survey = _survey(text, delimiter, limits)
    return CsvSheet("csv", survey, encoding, delimiter, text)


def _decode(content: bytes, encodings: Sequence[str]) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise bad_encoding()
    for encoding in encodings:
        try:
            text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        if not _unassigned(text):
            return text, encoding
    raise bad_encoding()


def _unassigned(text: str) -> bool:
    # Bytes of another encoding often decode to private or unassigned characters.
    odd = {character for character in set(text) if not character.isascii()}
    return any(
        unicodedata.category(character) in ("Co", "Cn", "Cc") for character in odd
    )


def _delimiter(text: str) -> str:
    head = [line for line in text.splitlines()[:_HEAD_LINES] if line.strip()]
    counts = Counter[str]()
    for mark in _DELIMITERS:
        rows = list(csv.reader(head, delimiter=mark))
        if rows and len(rows[0]) > 1:
            width = len(rows[0])
            counts[mark] = width * sum(len(row) == width for row in rows)
    return counts.most_common(1)[0][0] if counts else ","


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as broken:
        raise SheetRefused(
            "bad-quoting",
            f"第 {reader.line_num} 行附近的引号不成对;请修正后再上传。",
            f"The quotes near line {reader.line_num} do not pair; mend them and"
            " send the file again.",
        ) from broken


def _survey(text: str, delimiter: str, limits: Limits) -> Survey:
    rows = columns = 0
    for record in _records(text, delimiter):
        if not any(record):
            continue
        rows += 1
        columns = max(columns, len(record))
        if rows > limits.rows:
            raise too_large(f"超过 {limits.rows} 行", f"above {limits.rows} rows")
        if columns > limits.columns:
            limit = limits.columns
            raise too_large(f"超过 {limit} 列", f"above {limit} columns")
        if any(len(value) > limits.cell_characters for value in record):
            limit = limits.cell_characters
            raise too_large(
                f"单元格超过 {limit} 字", f"a cell above {limit} characters"
            )
    return Survey(rows=rows, columns=columns)
