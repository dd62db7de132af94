"""What proves a running deployment's logs: read with its settings, for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from deploy.cli.asking import AUDITOR, asked, door
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.settings import Settings
from libs.events.audit import seal_store
from libs.events.audit.proving import Evidence, evidence
from libs.events.audit.seal_store import Folder
from libs.events.audit.signing import KeyRefused
from libs.events.event import Recorded
from libs.events.journal.journal import Journal

BY_ID = "SELECT seq FROM journal.event WHERE id = $1"


@asynccontextmanager
async def journal_of(settings: Settings, service: str) -> AsyncIterator[Journal]:
    """Open a service's journal."""
    dsn = settings.app_dsn(service)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        yield Journal(pool, service)


async def evidence_of(settings: Settings, journal: Journal) -> Evidence:
    """Return what proves a service's log; raises Cannot."""
    try:
        keys = Folder(settings.seal_folder(journal.service)).keys()
        seals = await seal_store.kept(journal.pool)
    except KeyRefused as reason:
        raise Cannot(str(reason)) from None
    except ValueError:
        message = f"A seal of {journal.service} cannot be read: run `qingxin verify`."
        raise Cannot(message) from None
    return await evidence(journal, keys, seals)


def seal_now(settings: Settings, service: str) -> list[int]:
    """Have a service seal its log up to now; return the numbers; raises Cannot."""
    with door(settings, service, AUDITOR) as client:
        made: list[int] = asked(client, "POST", "/operator/seals")["made"]
    return made


async def found(settings: Settings, reference: str) -> tuple[str, int]:
    """Return service and sequence of `service:sequence` or an event's id.

    Raises Cannot.
    """
    service, colon, number = reference.partition(":")
    if colon and service in SERVICES and number.isdecimal() and int(number) > 0:
        return service, int(number)
    try:
        wanted = UUID(reference)
    except ValueError:
        message = f"{reference} names no event: write its id, or intake:41."
        raise Cannot(message) from None
    for name in SERVICES:
        async with journal_of(settings, name) as journal:
            seq = await journal.pool.fetchval(BY_ID, wanted)
        if seq is not None:
            return name, seq
    message = f"No service has an event {reference}."
    raise Cannot(message)


async def row_of(journal: Journal, seq: int) -> Recorded:
    """Return one row as it is stored; raises Cannot."""
    rows = await journal.read_stored(seq - 1, 1) if seq <= LARGEST else []
    if not rows:
        message = f"{journal.service} has no event {seq}."
        raise Cannot(message)
    return rows[0]


LARGEST = 2**63 - 1
