"""A file in hand: its name, its bytes, and what those bytes are."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from libs.sheets.limits import LIMITS, Limits
from libs.sheets.refusal import (
    SheetRefused,
    bad_encoding,
    empty,
    has_macros,
    too_large,
    wrong_type,
)


class FileKind(StrEnum):
    """The kinds of file that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"PK\x05\x06", "ZIP"),
)
_SUFFIXES = {
    ".xlsx": FileKind.XLSX,
    ".xls": FileKind.XLS,
    ".csv": FileKind.CSV,
    ".txt": FileKind.CSV,
    ".tsv": FileKind.CSV,
}
_MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".xlam", ".xla"})


@dataclass(frozen=True)
class Source:
    """A file's name and content; the content is never printed."""

    name: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return sha256(self.content).hexdigest()


def read_file(path: Path, limits: Limits = LIMITS) -> Source:
    """Read a file, refusing (`too-large`) before its bytes are in memory."""
    if path.stat().st_size > limits.file_bytes:
        raise _over(limits)
    return Source(name=path.name, content=path.read_bytes())


def sniff(source: Source, limits: Limits = LIMITS) -> FileKind:
    """Tell a file's kind by its bytes; its name must not claim another.

    Raises `SheetRefused`: empty, too-large, macros, wrong-type, bad-encoding.
    """
    content = source.content
    if not content.strip():
        raise empty()
    if len(content) > limits.file_bytes:
        raise _over(limits)
    suffix = Path(source.name).suffix.lower()
    if suffix in _MACRO_SUFFIXES:
        raise has_macros()
    kind = _kind_of(content)
    claimed = _SUFFIXES.get(suffix)
    if claimed is not None and claimed is not kind:
        raise SheetRefused(
            "wrong-type",
            f"文件名称为 {suffix[1:]},内容却是 {kind};请以正确的格式另存后再上传。",
            f"The file is named {suffix[1:]} but its content is {kind};"
            " save it in the format its name says and send it again.",
        )
    return kind


def _kind_of(content: bytes) -> FileKind:
    if content.startswith(_ZIP):
        return FileKind.XLSX
    if content.startswith(_COMPOUND):
        return FileKind.XLS
    for start, what in _FOREIGN:
        if content.startswith(start):
            raise wrong_type(what)
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<svg")):
        raise wrong_type("HTML/XML")
    if b"\0" in content:
        raise bad_encoding()
    return FileKind.CSV


def _over(limits: Limits) -> SheetRefused:
    size = limits.file_bytes // 1_000_000
    return too_large(f"超过 {size} MB", f"above {size} MB")
