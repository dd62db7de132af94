"""Same person: which workers of two clues are one, by ID number or telephone.

Two persons of the vault may be one who left no ID number: a telephone tells, by its
HMAC. What is found advises; an officer decides.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from libs.events.contracts.parts import WorkerLine

PHONES = """
SELECT person_id, phone_hmac FROM vault.person
WHERE person_id = ANY($1) AND phone_hmac IS NOT NULL"""
Phones = Mapping[UUID, bytes]
Place = tuple[int, int]


async def phones_of(
    connection: asyncpg.Connection, workers: Sequence[WorkerLine]
) -> Phones:
    """Return the HMAC of each worker's telephone, where one was left."""
    rows = await connection.fetch(PHONES, [one.person_id for one in workers])
    return {UUID(int=row["person_id"].int): row["phone_hmac"] for row in rows}


def same_workers(
    workers: Sequence[WorkerLine], others: Sequence[WorkerLine], phones: Phones
) -> list[Place]:
    """Return the places of the same worker with the same months, each once."""
    left = list(others)
    found: list[Place] = []
    for worker in workers:
        same = next(
            (o for o in left if _same(worker, o, phones) and _overlap(worker, o)), None
        )
        if same is not None:
            left.remove(same)
            found.append((worker.ordinal, same.ordinal))
    return found


def _same(worker: WorkerLine, other: WorkerLine, phones: Phones) -> bool:
    phone = phones.get(worker.person_id)
    by_phone = phone is not None and phone == phones.get(other.person_id)
    return worker.person_id == other.person_id or by_phone


def _overlap(worker: WorkerLine, other: WorkerLine) -> bool:
    return months_overlap(
        (worker.months_from, worker.months_to), (other.months_from, other.months_to)
    )


Months = tuple[str | None, str | None]


def months_overlap(these: Months, those: Months) -> bool:
    """Say whether two spans of months share one; what was not said may be any."""
    begins, ends = these[0] or "", these[1] or these[0] or "9999-12"
    other_begins, other_ends = those[0] or "", those[1] or those[0] or "9999-12"
    return begins <= other_ends and other_begins <= ends
