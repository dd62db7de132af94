"""Rotating: a new seal key in place of the old, or of a lost one."""

import asyncpg

from libs.events.audit import signing
from libs.events.audit.seal_store import Folder
from libs.events.audit.sealer import SealSettings, alone
from libs.events.audit.signing import Announced, Keyring, SealKey

LAST = """
SELECT d.site, (SELECT coalesce(max(number), 0) FROM journal.seal) AS number
FROM journal.deployment d"""


async def rotate(
    pool: asyncpg.Pool, settings: SealSettings, *, lost: bool = False
) -> SealKey:
    """Make a key that signs from the next seal on; return it.

    The old one vouches for it, unless it is `lost` (or stolen): then the new one's
    fingerprint must be told by another way. No seal is made meanwhile. Raises
    KeyRefused.
    """
    folder, fresh = Folder(settings.folder), signing.made()
    keys = folder.keys()
    before = keys.documents[-1]["key_id"] if lost and keys.documents else None
    async with alone(pool) as connection:
        stands = await connection.fetchrow(LAST)
        said = Announced(
            stands["site"],
            settings.service,
            stands["number"] + 1,
            "lost" if lost else "rotated",
        )
        old = before if lost else signing.load(settings.key)
        document = signing.announcement(fresh, said, old)
        # The list first: between the two, the old key is refused, never a wrong one.
        folder.announce(Keyring((*keys.documents, document)))
        signing.keep(fresh, settings.key)
    return fresh
