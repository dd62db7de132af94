"""The shared strings of a workbook, without phonetic guides."""

import re

from libs.sheets.archive import Archive
from libs.sheets.limits import Limits
from libs.sheets.markup import stream
from libs.sheets.refusal import too_large

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Undo `_x000D_`, the way a workbook writes characters that XML can't hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def read_strings(archive: Archive, name: str, limits: Limits) -> tuple[str, ...]:
    """Return the shared strings by index; raises `SheetRefused` (too-large)."""
    if name not in archive:
        return ()
    strings = _Strings(limits)
    with archive.open(name) as part:
        for _ in stream(part, strings.start, strings.end, strings.characters):
            pass
    return tuple(strings.found)


class _Strings:
    def __init__(self, limits: Limits) -> None:
        self.found: list[str] = []
        self._limit = limits.cell_characters
        self._pieces: list[str] = []
        self._reading = False
        self._phonetic = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t":
            self._reading = not self._phonetic

    def end(self, tag: str) -> None:
        if tag == "t":
            self._reading = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.found.append(whole(self._pieces, self._limit))

    def characters(self, text: str) -> None:
        if self._reading:
            self._pieces.append(text)


def whole(pieces: list[str], limit: int) -> str:
    """Join a cell's text; raises `SheetRefused` (too-large) above the limit."""
    text = unescape("".join(pieces))
    if len(text) > limit:
        raise too_large(
            f"单元格超过 {limit} 个字符", f"a cell above {limit} characters"
        )
    return text
