"""Objects: bytes kept sealed under their SHA-256, known by their first bytes.

Each has a key of its own, wrapped under the deployment's; a new one needs only the
heads of the files written anew.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from libs.sealing import OVERHEAD, Unreadable, derived, new_key, seal, unseal

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
SEALED = b"QXOBJ1\n"
"""What a sealed file begins with; no type above does."""
KEY_NAME = 8
WRAPS = "qingxin object wrap v1"
WRAPPED = 32 + OVERHEAD
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
class ObjectKeys:
    """Keys under which the objects' own keys lie: the current and retired ones."""

    current: bytes
    known: Mapping[bytes, bytes] = field(repr=False)

    @classmethod
    def of(cls, secret: bytes, retired: Sequence[bytes] = ()) -> "ObjectKeys":
        """Derive them from the secrets of the settings."""
        known = {_name(one): derived(one, WRAPS) for one in (*retired, secret)}
        return cls(_name(secret), known)


@dataclass(frozen=True)
class ObjectStore:
    """A folder of objects, each sealed in a file of its digest's name."""

    folder: Path
    keys: ObjectKeys

    def keep(self, content: bytes) -> str:
        """Keep bytes for good; return their SHA-256. The same bytes are kept once."""
        digest = sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(path, self._sealed(digest, content))
        return digest

    def read(self, digest: str) -> bytes:
        """Return the bytes of a digest.

        Raises ObjectLost: not there, changed, or under a key that nobody gave us.
        """
        try:
            content = self._opened(digest, self._path(digest).read_bytes())
        except (FileNotFoundError, Unreadable):
            raise ObjectLost(digest) from None
        if sha256(content).hexdigest() != digest:
            raise ObjectLost(digest)
        return content

    def left(self) -> int:
        """Return how many objects do not lie under the current key."""
        return sum(1 for _ in self._not_current())

    def rewrap(self) -> int:
        """Bring what lies plain or under a known retired key under the current one.

        Returns how many; whatever ends it, the next call goes on.
        """
        moved = 0
        for path in self._not_current():
            content = path.read_bytes()
            try:
                key, body = self._key(path.name, content)
            except Unreadable:
                continue
            head = self._head(path.name, key)
            body = body if body is not None else seal(key, content, _place(path.name))
            self._write(path, head + body)
            moved += 1
        return moved

    def _not_current(self) -> Iterator[Path]:
        head = SEALED + self.keys.current
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix != ".part":
                with path.open("rb") as file:
                    if file.read(len(head)) != head:
                        yield path

    def _sealed(self, digest: str, content: bytes) -> bytes:
        key = new_key()
        return self._head(digest, key) + seal(key, content, _place(digest))

    def _head(self, digest: str, key: bytes) -> bytes:
        wrapping = self.keys.known[self.keys.current]
        return SEALED + self.keys.current + seal(wrapping, key, _place(digest))

    def _opened(self, digest: str, kept: bytes) -> bytes:
        key, body = self._key(digest, kept)
        return kept if body is None else unseal(key, body, _place(digest))

    def _key(self, digest: str, kept: bytes) -> tuple[bytes, bytes | None]:
        """Return an object's own key and what it seals; of a plain file: a new one."""
        if not kept.startswith(SEALED):
            # Kept before objects were sealed.
            return new_key(), None
        name_ends = len(SEALED) + KEY_NAME
        wrapping = self.keys.known.get(kept[len(SEALED) : name_ends])
        if wrapping is None:
            raise Unreadable
        body = name_ends + WRAPPED
        return unseal(wrapping, kept[name_ends:body], _place(digest)), kept[body:]

    def _write(self, path: Path, content: bytes) -> None:
        # A name of this writing's own: a twin's, here or elsewhere, mixes with it else.
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, PRIVATE), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


def _name(secret: bytes) -> bytes:
    return sha256(derived(secret, "qingxin object key-name v1")).digest()[:KEY_NAME]


def _place(digest: str) -> bytes:
    return f"object {digest}".encode()
