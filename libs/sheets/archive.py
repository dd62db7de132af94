"""The zip that an xlsx is: opened only when it is plain, small and alone."""

import io
import zipfile
from collections.abc import Mapping
from typing import IO

from libs.sheets.limits import Limits
from libs.sheets.refusal import (
    encrypted,
    has_external_links,
    has_macros,
    malformed,
    polyglot,
    too_large,
    wrong_type,
    zip_bomb,
)

_END = b"PK\x05\x06"
_END_BYTES = 22
# Below this a high ratio is harmless: a short part of equal rows packs well.
_RATIO_FROM_BYTES = 1_000_000
_ACTIVE = ("vbaproject", "xl/macrosheets/", "xl/activex/", "vbadata", "xl/dialogsheets")
_LINKED = (
    "xl/externallinks/",
    "xl/connections",
    "xl/querytables/",
    "xl/embeddings/",
)


class Archive:
    """The parts of an xlsx by lower-case name; every part was weighed beforehand."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        """Open and check; raises `SheetRefused` for all that §7 names."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as broken:
            raise malformed("zip") from broken
        entries = self._zip.infolist()
        _check_alone(content, entries)
        _check_weight(len(content), entries, limits)
        self._parts = _by_name(entries)
        _check_names(self._parts)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def open(self, name: str) -> IO[bytes]:
        """Open a part for streaming; raises `SheetRefused` (malformed) if absent."""
        entry = self._parts.get(name.lower())
        if entry is None:
            raise malformed(name)
        try:
            return self._zip.open(entry)
        except (zipfile.BadZipFile, NotImplementedError) as broken:
            raise malformed(name) from broken


def _check_alone(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    if not entries or min(entry.header_offset for entry in entries) != 0:
        raise polyglot()
    end = content.rfind(_END)
    if len(content) != end + _END_BYTES:
        raise polyglot()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise encrypted()


def _check_weight(packed: int, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.parts:
        raise too_large(f"超过 {limits.parts} 个部件", f"above {limits.parts} parts")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > packed * limits.ratio:
        raise zip_bomb()
    for entry in entries:
        heavy = entry.file_size > _RATIO_FROM_BYTES
        if heavy and entry.file_size > entry.compress_size * limits.ratio:
            raise zip_bomb()
    if unpacked > limits.unpacked_bytes:
        size = limits.unpacked_bytes // 1_000_000
        raise too_large(f"解压后超过 {size} MB", f"above {size} MB unpacked")


def _by_name(entries: list[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.lower().lstrip("/")
        # Two parts of one name are read differently by different programs.
        if name in parts:
            raise polyglot()
        parts[name] = entry
    return parts


def _check_names(parts: Mapping[str, zipfile.ZipInfo]) -> None:
    if "[content_types].xml" not in parts:
        raise wrong_type("ZIP")
    if any(mark in name for name in parts for mark in _ACTIVE):
        raise has_macros()
    if any(name.startswith(_LINKED) for name in parts):
        raise has_external_links()
    if "xl/workbook.bin" in parts:
        raise wrong_type("xlsb")
    if "xl/workbook.xml" not in parts:
        raise wrong_type("ZIP")
