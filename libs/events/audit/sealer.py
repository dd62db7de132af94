"""Sealer: makes a journal's seals as they fall due, in the process whose relay leads.

A database lock lets one make seals at a time. One that lost its lead unaware makes the
same seal, and the table keeps the first: nothing else is ever told.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg
import structlog

from libs.events.audit import seal_store as store
from libs.events.audit import signing
from libs.events.audit.merkle import Frontier
from libs.events.audit.seal import (
    Cut,
    Seal,
    Sealed,
    day_ends,
    follows,
    make,
    nth,
)
from libs.events.audit.seal_store import Folder, SealConflict
from libs.events.audit.signing import Announced, KeyRefused, Keyring, SealKey
from libs.events.journal.words import GENESIS
from libs.events.stream.foreign import ToldOnce
from libs.events.stream.trouble import TRANSIENT, Issue, name_of

log = structlog.get_logger()

LOOK_SECONDS = 5.0
PAGE = 5000
EVERY = 1000

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('seal', 0))"
STANDS = """
SELECT h.seq, h.recorded_at, d.site, coalesce(s.size, 0) AS size, e.recorded_at AS next
FROM journal.head h CROSS JOIN journal.deployment d
LEFT JOIN (SELECT max(size) AS size FROM journal.seal) s ON true
LEFT JOIN journal.event e ON e.seq = coalesce(s.size, 0) + 1"""
RECORDED = "SELECT recorded_at FROM journal.event WHERE seq = $1"
LATER = """
SELECT seq FROM journal.event WHERE seq > $1 AND recorded_at >= $2
ORDER BY seq LIMIT 1"""
LEAVES = "SELECT leaf FROM journal.event WHERE seq > $1 AND seq <= $2 ORDER BY seq"
CHAIN = "SELECT chain FROM journal.event WHERE seq = $1"


@dataclass(frozen=True)
class SealSettings:
    """Whose seals, by which key, where told and written; `every` is in events."""

    service: str
    bootstrap: str
    topic: str
    key: Path
    folder: Path
    every: int = EVERY


@dataclass(frozen=True)
class _Stand:
    """How far journal and seals are; `next_at`: when what follows was recorded."""

    seq: int
    at: datetime
    site: str
    size: int
    next_at: datetime | None


@dataclass
class Sealer:
    """Makes the seals of one journal while `leads` says so."""

    pool: asyncpg.Pool
    settings: SealSettings
    leads: Callable[[], bool] = lambda: True
    _tree: Frontier = field(default_factory=Frontier)
    _seals: list[Seal] = field(default_factory=list)
    _heard: set[str] = field(default_factory=set)
    _foreign: ToldOnce = field(default_factory=ToldOnce)
    _agreed: bool = False
    _issue: Issue | None = None

    async def run(self) -> None:
        """Make what falls due, for ever."""
        while True:
            try:
                if self.leads():
                    await self.step()
                else:
                    self._agreed = False
            except (SealConflict, KeyRefused, LookupError) as error:
                self._alarm(str(error))
            except PermissionError as error:
                self._alarm(f"No right to {error.filename}: give it to the service.")
            except TRANSIENT as error:
                self._agreed = False
                log.warning("sealer_interrupted", error=name_of(error))
            except Exception as error:  # the sealer's own loop
                log.exception("sealer_failed")
                self._alarm(f"The sealer fails: {name_of(error)}.")
            await asyncio.sleep(LOOK_SECONDS)

    def issues(self) -> list[Issue]:
        """Return what keeps seals from being made."""
        return [self._issue] if self._issue else []

    async def step(self) -> list[Seal]:
        """Make what is due now; return it. Raises SealConflict, KeyRefused."""
        if self._agreed and await _due(self.pool, self.settings.every) is None:
            return []
        return await self._making(asked=False)

    async def seal_now(self) -> list[Seal]:
        """Seal what is recorded until now, also between the usual places."""
        return await self._making(asked=True)

    async def _making(self, *, asked: bool) -> list[Seal]:
        agreed, self._agreed = self._agreed, False
        async with alone(self.pool) as connection:
            keys, key = self._keys(await _stand(connection))
            await self._agree(connection, keys, agreed=agreed)
            made = [
                await self._made(connection, cut, key)
                async for cut in _cuts(connection, self.settings.every, asked=asked)
            ]
        # Told only when it is committed: what is told must stand.
        await self._spread(keys, made)
        self._agreed, self._issue = True, None
        return made

    def _keys(self, stand: _Stand) -> tuple[Keyring, SealKey]:
        """Return the public keys, and the last one's private half.

        The first one is announced here. Raises KeyRefused.
        """
        settings = self.settings
        key, folder = signing.load(settings.key), Folder(settings.folder)
        keys = folder.keys()
        if not keys.documents:
            said = Announced(stand.site, settings.service, 1)
            keys = Keyring((signing.announcement(key, said),))
            folder.announce(keys)
        if keys.documents[-1]["key_id"] != key.id:
            message = (
                f"{settings.key} is not the last key of {folder.path / store.KEYS}:"
                " put that one back, or run `qingxin seals rotate`."
            )
            raise KeyRefused(message)
        return keys, key

    async def _agree(
        self, connection: asyncpg.Connection, keys: Keyring, *, agreed: bool
    ) -> None:
        """Hold table, topic and journal against each other; take lost seals back."""
        if agreed and len(self._seals) == len(await store.kept(connection)):
            return
        settings = self.settings
        said = await store.told(settings.bootstrap, settings.topic, settings.service)
        self._foreign.tell(said.foreign)
        self._tree, self._seals, self._heard = Frontier(), [], set(said.texts)
        for seal in await store.kept(connection):
            await self._hold(connection, seal)
        for seal in said.seals():
            last = self._seals[-1] if self._seals else None
            # What does not continue ours, or is not signed, is somebody else's word.
            if follows(seal, last) is None and seal.is_signed_by(keys):
                await self._hold(connection, seal)
                await store.keep(connection, seal)

    async def _hold(self, connection: asyncpg.Connection, seal: Seal) -> None:
        await self._grow(connection, seal.size)
        chain = await connection.fetchval(CHAIN, seal.size)
        if (self._tree.root(), chain) != (seal.root, seal.chain):
            message = (
                f"The journal is not what {seal.named()} says: run `qingxin verify`."
            )
            raise SealConflict(message)
        self._seals.append(seal)

    async def _grow(self, connection: asyncpg.Connection, size: int) -> None:
        if self._tree.size > size:  # What was begun for a later place was broken off.
            self._tree = Frontier()
        while self._tree.size < size:
            until = min(size, self._tree.size + PAGE)
            page = await connection.fetch(LEAVES, self._tree.size, until)
            if len(page) != until - self._tree.size:
                message = f"The journal ends before event {size}, which is sealed."
                raise SealConflict(message)
            self._tree.add(row["leaf"] for row in page)

    async def _made(
        self, connection: asyncpg.Connection, cut: Cut, key: SealKey
    ) -> Seal:
        await self._grow(connection, cut.size)
        chain = await connection.fetchval(CHAIN, cut.size) or GENESIS
        site = (await _stand(connection)).site
        said = Sealed(self.settings.service, site, self._tree.root(), chain)
        before = self._seals[-1] if self._seals else None
        stands = await store.keep(connection, make(said, cut, before, key))
        self._seals.append(stands)
        return stands

    async def _spread(self, keys: Keyring, made: list[Seal]) -> None:
        settings = self.settings
        texts = store.key_texts(keys) + [seal.text for seal in self._seals]
        missing = [text for text in texts if text not in self._heard]
        await store.tell(settings.bootstrap, settings.topic, settings.service, missing)
        self._heard.update(missing)
        Folder(settings.folder).write(self._seals)
        for seal in made:
            log.info("sealed", service=seal.service, number=seal.number, size=seal.size)

    def _alarm(self, message: str) -> None:
        self._agreed = False
        if self._issue is None or self._issue.message != message:
            log.error("sealer_stands_still", reason=message)
        self._issue = Issue("sealer", self.settings.topic, message)


@asynccontextmanager
async def alone(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """Open a transaction in which no other makes seals or changes their key."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK)
        yield connection


async def _stand(where: asyncpg.Pool | asyncpg.Connection) -> _Stand:
    return _Stand(*await where.fetchrow(STANDS))


async def _cuts(
    connection: asyncpg.Connection, every: int, *, asked: bool
) -> AsyncIterator[Cut]:
    while (cut := await _due(connection, every, asked=asked)) is not None:
        yield cut


async def _due(
    where: asyncpg.Pool | asyncpg.Connection, every: int, *, asked: bool = False
) -> Cut | None:
    """Return where the next seal is due, None when none is."""
    stand = await _stand(where)
    if stand.next_at is None:
        return None
    ends, count = day_ends(stand.next_at), nth(stand.size, every)
    counted = await where.fetchval(RECORDED, count)
    if counted is not None and counted < ends:
        return Cut(count, counted, "count")
    if stand.at >= ends:
        later = await where.fetchval(LATER, stand.size, ends)
        return Cut((later or stand.seq + 1) - 1, ends, "day")
    if asked:
        last = await where.fetchval(RECORDED, stand.seq)
        return Cut(stand.seq, last, "asked")
    return None
