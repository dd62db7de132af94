"""Words in an old xls: the shared table, which runs over several records."""

import struct
from collections.abc import Sequence

_WIDE, _EXTENDED, _RICH = 1, 4, 8


def shared_strings(segments: Sequence[bytes]) -> tuple[str, ...]:
    """Read the shared strings from their record and its continuations (MS-XLS 2.4.265).

    Raises struct.error or IndexError where the records end too early.
    """
    reader = _Segments(segments)
    _total, unique = struct.unpack("<II", reader.take(8))
    return tuple(_string(reader) for _ in range(unique))


def short_string(body: bytes, *, wide_length: bool) -> str:
    """Read a string that stands in one record, its length in one or two bytes."""
    head = 2 if wide_length else 1
    length = int.from_bytes(body[:head], "little")
    wide = body[head] & _WIDE
    text = body[head + 1 : head + 1 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1")


def _string(reader: "_Segments") -> str:
    length, flags = struct.unpack("<HB", reader.take(3))
    runs = struct.unpack("<H", reader.take(2))[0] if flags & _RICH else 0
    extra = struct.unpack("<I", reader.take(4))[0] if flags & _EXTENDED else 0
    text = reader.characters(length, wide=bool(flags & _WIDE))
    reader.take(runs * 4 + extra)
    return text


class _Segments:
    def __init__(self, segments: Sequence[bytes]) -> None:
        self._segments = segments
        self._index = 0
        self._at = 0

    def take(self, length: int) -> bytes:
        """Take bytes, going on into the next record where one ends."""
        taken = b""
        while len(taken) < length:
            piece = self._here(length - len(taken))
            taken += piece
        return taken

    def characters(self, length: int, *, wide: bool) -> str:
        """Take so many UTF-16 units; a continued text says anew how wide they are."""
        units = b""
        while len(units) < 2 * length:
            if self._at >= len(self._segments[self._index]):
                self._next()
                wide = bool(self._here(1)[0] & _WIDE)
            left = length - len(units) // 2
            piece = self._here(left * 2 if wide else left)
            if len(piece) % 2 and wide:
                raise IndexError("half a character")
            units += piece if wide else piece.decode("latin-1").encode("utf-16-le")
        return units.decode("utf-16-le")

    def _here(self, length: int) -> bytes:
        if self._at >= len(self._segments[self._index]):
            self._next()
        piece = self._segments[self._index][self._at : self._at + length]
        self._at += len(piece)
        return piece

    def _next(self) -> None:
        self._index, self._at = self._index + 1, 0
        if not self._segments[self._index]:
            raise IndexError("empty continuation")
