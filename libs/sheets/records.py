"""The records of an old xls, and what its globals say (MS-XLS)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from libs.sheets.oldstrings import shared_strings, short_string
from libs.sheets.refusal import encrypted, has_external_links, has_macros
from libs.sheets.styles import GENERAL, NumberFormat, built_in, read_format


class Record(IntEnum):
    """The records that are looked at, by their number."""

    FORMULA = 0x06
    EOF = 0x0A
    DATE_MODE = 0x22
    FILE_PASS = 0x2F
    CONTINUE = 0x3C
    SHEET = 0x85
    MULTIPLE_RK = 0xBD
    RICH_LABEL = 0xD6
    STYLE = 0xE0
    MERGED = 0xE5
    STRINGS = 0xFC
    SHARED_LABEL = 0xFD
    QUERY = 0x1AD
    OUTSIDE_BOOK = 0x1AE
    NUMBER = 0x203
    LABEL = 0x204
    BOOL_OR_ERROR = 0x205
    RK = 0x27E
    FORMAT = 0x41E


_INTERNAL_BOOK, _ADD_IN_BOOK = 0x0401, 0x3A01
_INTERNAL_BYTES = 4
_MACRO_SHEETS = (1, 6)


@dataclass
class OldBook:
    """The globals of a workbook stream: date system, styles, words, sheets' places."""

    from_1904: bool = False
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    strings: Sequence[str] = ()
    sheets: list[tuple[int, str]] = field(default_factory=list)

    def style(self, index: int) -> NumberFormat:
        """Return the number format of a style, GENERAL where the index names none."""
        if index >= len(self.styles):
            return GENERAL
        number = self.styles[index]
        code = self.formats.get(number)
        return built_in(number) if code is None else read_format(code)


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place up to the end of its part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == Record.EOF:
            return
        at += 4 + length


def read_globals(stream: bytes) -> OldBook:
    """Read the globals; raises `SheetRefused`: encrypted, macros, external-links.

    Also struct.error, IndexError or UnicodeDecodeError where a record is broken.
    """
    book = OldBook()
    shared: list[bytes] = []
    before = 0
    for kind, body in records(stream, 0):
        if kind == Record.STRINGS or (kind == Record.CONTINUE and before):
            shared.append(body)
            before = 1
            continue
        before = 0
        _take(book, kind, body)
    if shared:
        book.strings = shared_strings(shared)
    return book


def _take(book: OldBook, kind: int, body: bytes) -> None:
    match kind:
        case Record.FILE_PASS:
            raise encrypted()
        case Record.OUTSIDE_BOOK | Record.QUERY:
            _check_book(body)
        case Record.DATE_MODE:
            book.from_1904 = body[:1] == b"\x01"
        case Record.FORMAT:
            (number,) = struct.unpack_from("<H", body)
            book.formats[number] = short_string(body[2:], wide_length=True)
        case Record.STYLE:
            book.styles.append(struct.unpack_from("<H", body, 2)[0])
        case Record.SHEET:
            _add_sheet(book, body)
        case _:
            pass


def _check_book(body: bytes) -> None:
    kind = struct.unpack_from("<H", body, 2)[0]
    if len(body) != _INTERNAL_BYTES or kind not in (_INTERNAL_BOOK, _ADD_IN_BOOK):
        raise has_external_links()


def _add_sheet(book: OldBook, body: bytes) -> None:
    at, _hidden, kind = struct.unpack_from("<IBB", body)
    if kind in _MACRO_SHEETS:
        raise has_macros()
    if kind == 0:
        book.sheets.append((at, short_string(body[6:], wide_length=False)))
