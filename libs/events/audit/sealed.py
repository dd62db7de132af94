"""Sealed: a service's seals from table, audit topic and folder, and what they disprove.

Only what is signed by the key whose turn it is counts as a seal. Whoever rewrites a
journal, or rolls it back, cannot take back the copies on the topic and in the folder.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import asyncpg

from libs.events.audit import seal_store as store
from libs.events.audit.merkle import Frontier
from libs.events.audit.seal import Seal, follows
from libs.events.audit.seal_store import Folder, SealConflict
from libs.events.audit.signing import KeyRefused, Keyring

LOOK_SECONDS = 0.1
CHAIN = "SELECT chain FROM journal.event WHERE seq = $1"
TABLE, TOPIC, FOLDER = "the journal's table", "the audit topic", "the folder"


@dataclass(frozen=True)
class Where:
    """Where one service's seals are besides its journal."""

    bootstrap: str
    topic: str
    folder: Folder


@dataclass(frozen=True)
class Seals:
    """The signed seals of a log in order, from wherever, and the first thing wrong."""

    seals: Sequence[Seal] = ()
    wrong: str | None = None

    async def disproof(self, pool: asyncpg.Pool) -> Seal | None:
        """Return the first seal whose place in the journal has another chain."""
        for seal in self.seals:
            if await pool.fetchval(CHAIN, seal.size) != seal.chain:
                return seal
        return None


@dataclass
class Held:
    """Holds a log against its seals while it is read row by row."""

    seals: Seals
    _next: int = 0

    def __post_init__(self) -> None:
        self._tree = Frontier()

    def takes(self, leaf: bytes, chain: bytes) -> str | None:
        """Take the next row; return what a seal says against the log up to it."""
        self._tree.add((leaf,))
        seals = self.seals.seals
        if self._next == len(seals) or seals[self._next].size != self._tree.size:
            return None
        seal = seals[self._next]
        self._next += 1
        if (self._tree.root(), chain) == (seal.root, seal.chain):
            return None
        return f"{seal.named()} disproves the journal: its root is another"

    def end(self) -> str | None:
        """Return which seal covers more than there is."""
        if self._next == len(self.seals.seals):
            return None
        seal = self.seals.seals[self._next]
        size = self._tree.size
        return f"the journal ends at event {size}: {seal.named()} disproves it"


async def gathered(
    pool: asyncpg.Pool, service: str, where: Where, patience: float
) -> Seals:
    """Return the seals of all places; the sealer has `patience` seconds to tell."""
    until = monotonic() + patience
    while True:
        found = await _found(pool, service, where)
        if found.wrong is None or monotonic() >= until:
            return found
        await asyncio.sleep(LOOK_SECONDS)


async def _found(pool: asyncpg.Pool, service: str, where: Where) -> Seals:
    try:
        keys = where.folder.keys()
        places = {
            TABLE: await store.kept(pool),
            TOPIC: (await store.told(where.bootstrap, where.topic, service)).seals(),
            FOLDER: where.folder.seals(),
        }
    except (KeyRefused, SealConflict, LookupError) as error:
        return Seals(wrong=str(error))
    except ValueError:
        return Seals(wrong=f"{TABLE} holds what is no seal")
    return _together(keys, places)


def _together(keys: Keyring, places: Mapping[str, Sequence[Seal]]) -> Seals:
    """Return the seals that are signed, and what the places say differently."""
    wrong: list[str] = []
    known: dict[int, Seal] = {}
    for place, seals in places.items():
        for seal in seals:
            if not seal.is_signed_by(keys):
                wrong.append(f"{seal.named()} in {place} is not signed by its key")
            elif known.setdefault(seal.number, seal) != seal:
                wrong.append(f"{seal.named()} in {place} is another than elsewhere")
    for number, seal in sorted(known.items()):
        lacking = [name for name, seals in places.items() if seal not in seals]
        wrong += [f"{seal.named()} is not in {name}" for name in lacking]
        reason = follows(seal, known.get(number - 1))
        if reason is not None:
            wrong.append(f"{seal.named()} cannot be: {reason}")
    ordered = sorted(known.values(), key=lambda seal: seal.size)
    return Seals(ordered, wrong[0] if wrong else None)
