"""Files handed in: each sealed under a key of its own, destroyed after thirty days."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg

from libs.sealing import new_key, seal, unseal
from services.intake.vault.keys import Keys
from services.intake.vault.sealing import place, unwrap, wrap

PRIVATE = 0o600
KEPT_DAYS = 30
MARK = 16
OLD = """
UPDATE imports.job SET wrapped_key = NULL
WHERE wrapped_key IS NOT NULL AND asked_at < clock_timestamp() - $1 * interval '1 day'
AND state IN ('done', 'refused')
RETURNING import_id AS id
"""
OLD_SAMPLES = """
UPDATE imports.sample SET wrapped_key = NULL
WHERE wrapped_key IS NOT NULL AND asked_at < clock_timestamp() - $1 * interval '1 day'
RETURNING sample_id AS id
"""


class FileGone(Exception):
    """The file was destroyed, or its folder was lost: hand it in again."""


@dataclass(frozen=True)
class Files:
    """The folder of sealed files."""

    objects: Path
    keys: Keys

    async def keep(
        self, import_id: UUID, content: bytes, note: Callable[[bytes], Awaitable[bool]]
    ) -> None:
        """Write a file sealed and have its wrapped key noted.

        Twins of one request, also on two replicas, seal a file each: whose key is
        noted first counts; `note` tells the other so, which drops its own.
        """
        key = new_key()
        path = self._path(import_id, key)
        sealed = await asyncio.to_thread(seal, key, content, _file(import_id))
        await asyncio.to_thread(_write, path, sealed)
        if not await note(wrap(self.keys, import_id, key)):
            path.unlink(missing_ok=True)

    def read(self, import_id: UUID, key_id: str, wrapped: bytes | None) -> bytes:
        """Return a file's bytes; raises FileGone."""
        if wrapped is None:
            raise FileGone
        key = unwrap(self.keys, import_id, key_id, wrapped)
        paths = (self._path(import_id, key), self._named(import_id))
        there = next((path for path in paths if path.exists()), None)
        if there is None:
            raise FileGone
        return unseal(key, there.read_bytes(), _file(import_id))

    async def destroy_old(self, pool: asyncpg.Pool, days: int = KEPT_DAYS) -> int:
        """Destroy the keys and files of imports and samples over so many days old."""
        rows = [*await pool.fetch(OLD, days), *await pool.fetch(OLD_SAMPLES, days)]
        for row in rows:
            for path in self._folder.glob(f"{row['id']}.*"):
                path.unlink(missing_ok=True)
        return len(rows)

    @property
    def _folder(self) -> Path:
        return self.objects / "imports"

    def _path(self, import_id: UUID, key: bytes) -> Path:
        mark = sha256(b"file name" + key).hexdigest()[:MARK]
        return self._folder / f"{import_id}.{mark}.sealed"

    def _named(self, import_id: UUID) -> Path:
        """Return where a file lay before each had its key's mark in its name."""
        return self._folder / f"{import_id}.sealed"


def _file(import_id: UUID) -> bytes:
    return place(import_id, "file")


def _write(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, PRIVATE), "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
