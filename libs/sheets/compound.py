"""The compound file that an old xls is: its streams by name (MS-CFB)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from libs.sheets.refusal import malformed

_DIRECTORY_BYTES = 128
_LAST_SECTOR = 0xFFFFFFFA
_STREAM, _ROOT = 2, 5


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    start: int
    size: int


@dataclass(frozen=True)
class Compound:
    """An opened compound file; `names` holds every storage and stream."""

    content: bytes
    sector_bytes: int
    mini_bytes: int
    cutoff: int
    table: tuple[int, ...]
    mini_table: tuple[int, ...]
    entries: Mapping[str, _Entry]

    @property
    def names(self) -> frozenset[str]:
        """Names of all storages and streams, lower case."""
        return frozenset(self.entries)

    def stream(self, name: str) -> bytes | None:
        """Return the bytes of a stream by lower-case name, None if there is none."""
        entry = self.entries.get(name)
        if entry is None or entry.kind != _STREAM:
            return None
        if entry.size >= self.cutoff:
            return _chain(self, entry.start, self.table)[: entry.size]
        root = next(e for e in self.entries.values() if e.kind == _ROOT)
        mini = _chain(self, root.start, self.table)
        size = self.mini_bytes
        pieces = (
            mini[sector * size : (sector + 1) * size]
            for sector in _sectors(entry.start, self.mini_table)
        )
        return b"".join(pieces)[: entry.size]


def open_compound(content: bytes) -> Compound:
    """Read header, tables and directory; raises `SheetRefused` (malformed)."""
    try:
        return _open(content)
    except (struct.error, IndexError, StopIteration, UnicodeDecodeError) as broken:
        raise malformed("xls") from broken


def _open(content: bytes) -> Compound:
    sector_shift, mini_shift = struct.unpack_from("<HH", content, 0x1E)
    if sector_shift not in (9, 12) or mini_shift != 6:  # noqa: PLR2004 - the only sizes of MS-CFB
        raise malformed("xls")
    (directory,) = struct.unpack_from("<I", content, 0x30)
    cutoff, mini_start = struct.unpack_from("<II", content, 0x38)
    bare = Compound(
        content=content,
        sector_bytes=1 << sector_shift,
        mini_bytes=1 << mini_shift,
        cutoff=cutoff,
        table=(),
        mini_table=(),
        entries={},
    )
    table = _allocation(bare)
    minis = _chain(bare, mini_start, table)
    return Compound(
        content=content,
        sector_bytes=bare.sector_bytes,
        mini_bytes=bare.mini_bytes,
        cutoff=cutoff,
        table=table,
        mini_table=_integers(minis),
        entries=_directory(_chain(bare, directory, table)),
    )


def _allocation(file: Compound) -> tuple[int, ...]:
    listed = list(struct.unpack_from("<109I", file.content, 0x4C))
    (following,) = struct.unpack_from("<I", file.content, 0x44)
    seen: set[int] = set()
    while following < _LAST_SECTOR:
        if following in seen:
            raise malformed("xls")
        seen.add(following)
        block = _integers(_sector(file, following))
        listed.extend(block[:-1])
        following = block[-1]
    sectors = [sector for sector in listed if sector < _LAST_SECTOR]
    # A sector listed over and over would unpack to far more than the file weighs.
    if len(set(sectors)) != len(sectors):
        raise malformed("xls")
    pieces = [_sector(file, sector) for sector in sectors]
    return _integers(b"".join(pieces))


def _directory(content: bytes) -> Mapping[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for at in range(0, len(content) - _DIRECTORY_BYTES + 1, _DIRECTORY_BYTES):
        length, kind = struct.unpack_from("<HB", content, at + 64)
        start, size = struct.unpack_from("<II", content, at + 116)
        name = content[at : at + max(length - 2, 0)].decode("utf-16-le")
        if kind:
            entries.setdefault(name.lower(), _Entry(kind, start, size))
    return entries


def _chain(file: Compound, start: int, table: tuple[int, ...]) -> bytes:
    return b"".join(_sector(file, sector) for sector in _sectors(start, table))


def _sectors(start: int, table: tuple[int, ...]) -> list[int]:
    sectors: list[int] = []
    sector = start
    while sector < _LAST_SECTOR:
        # A chain longer than its table runs in a circle.
        if sector >= len(table) or len(sectors) > len(table):
            raise malformed("xls")
        sectors.append(sector)
        sector = table[sector]
    return sectors


def _sector(file: Compound, sector: int) -> bytes:
    start = (sector + 1) * file.sector_bytes
    return file.content[start : start + file.sector_bytes]


def _integers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])
