"""Objects: bytes kept in a folder under their SHA-256, known by their first bytes."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PRIVATE = 0o600
HEAD = 16
"""Bytes from which a type is known."""
MARKS = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
)
SUFFIXES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
}


class ObjectLost(Exception):
    """The bytes are not there, or are no longer those that were kept."""


def sniffed(content: bytes) -> str | None:
    """Return the media type that the bytes themselves show; None: none of ours.

    What somebody calls a file is not asked: a page or a script is never taken in.
    """
    for at, mark, media_type in MARKS:
        if content[at:HEAD].startswith(mark):
            riff = media_type != "image/webp" or content.startswith(b"RIFF")
            return media_type if riff else None
    return None


@dataclass(frozen=True)
class ObjectStore:
    """A folder of objects, each in a file of its digest's name."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """Keep bytes for good; return their SHA-256. The same bytes are kept once."""
        digest = sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{digest}.{os.getpid()}.part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, PRIVATE), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        return digest

    def read(self, digest: str) -> bytes:
        """Return the bytes of a digest; raises ObjectLost, also when they changed."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise ObjectLost(digest) from None
        if sha256(content).hexdigest() != digest:
            raise ObjectLost(digest)
        return content

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest
