"""Recording a batch: what is known is told apart, the rest goes into vault and log."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg

from libs.acts import Desk
from libs.events.command import Stamp
from libs.events.decider import States
from libs.events.event import Source
from libs.events.journal.words import (
    Appended,
    Commit,
    Conflicted,
    KeyReused,
    Overloaded,
    Repeated,
    Result,
)
from libs.telemetry.traceparent import current_traceparent, quiet
from services.intake.history import IMPORT_ROW, ROW, Row
from services.intake.importing.facts import (
    Batch,
    command_id,
    command_of,
    kept_of,
    row_id,
)
from services.intake.importing.jobs import Job
from services.intake.profiles.again import judged_again
from services.intake.profiles.result import Outcome, RowResult
from services.intake.vault.erasing import buried
from services.intake.vault.keeping import Keeping, keep
from services.intake.vault.keys import Keys

KNOWN = """
SELECT stream, request_hmac, data::json->>'import_id' AS import_id
FROM journal.event WHERE stream = ANY($1) AND version = 1
"""
PATIENCE = 0.2
"""Seconds to wait before an overloaded writer is asked again."""


class Place(Protocol):
    """Where rows are recorded."""

    @property
    def desk(self) -> Desk:
        """The log."""

    @property
    def pool(self) -> asyncpg.Pool:
        """The database."""

    @property
    def keys(self) -> Keys:
        """The vault's keys."""

    @property
    def site(self) -> str:
        """The deployment's site."""


@dataclass(frozen=True)
class Recording:
    """One import at work: where to, whose, caused by which event."""

    place: Place
    job: Job
    batch: Batch
    opened: UUID | None = None

    async def judged(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Return the results beside what the log holds from other imports."""
        known = await self._known(results)
        return [judged_again(result, known) for result in results]

    async def record(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Record the good rows; return the results as they ended.

        A row that a rival import recorded meanwhile is judged beside that one.
        """
        judged = await self.judged(results)
        good = [result for result in judged if result.outcome is Outcome.SUCCESS]
        owners = await self._keep(good)
        at = await self.place.desk.now()
        with quiet():
            commits = [self._commit(result, owners, at) for result in good]
            ended = await asyncio.gather(*map(self._submit, commits))
        if all(ended):
            return judged
        return await self.judged(results)

    async def _known(self, results: Sequence[RowResult]) -> Mapping[str, str]:
        """Return the fingerprints of rows that other imports recorded, by key."""
        streams = {
            ROW.stream(row_id(self.job.profile, result.key_digest)): result.key_digest
            for result in results
            if result.outcome is Outcome.SUCCESS
        }
        rows = await self.place.pool.fetch(KNOWN, list(streams))
        return {
            streams[row["stream"]]: row["request_hmac"].hex()
            for row in rows
            if row["import_id"] != str(self.job.import_id)
        }

    async def _keep(self, good: Sequence[RowResult]) -> dict[str, UUID]:
        """Keep what is personal; return individual employers' ids by row's key."""
        keepings: list[Keeping] = []
        keys: list[str] = []
        for result in good:
            if result.fields is None:
                continue
            row = row_id(self.job.profile, result.key_digest)
            found = kept_of(self.place, row, result.fields)
            keepings += found
            keys += [result.key_digest] * len(found)
        async with self.place.pool.acquire() as connection:
            keepings = await _allowed(connection, keepings)
            owners = await keep(connection, self.place.keys, keepings)
        return {
            key: owner
            for key, keeping, owner in zip(keys, keepings, owners, strict=True)
            if keeping.kind == "employer"
        }

    async def _submit(self, commit: Commit) -> bool:
        """Record one row; False when somebody else recorded it first."""
        while True:
            try:
                done = await self.place.desk.log.writer.submit(commit)
            except Overloaded:
                await asyncio.sleep(PATIENCE)
                continue
            return _own(done, self.job.import_id)

    def _commit(
        self, result: RowResult, owners: Mapping[str, UUID], at: datetime
    ) -> Commit:
        owner = owners.get(result.key_digest)
        command = command_of(self.batch, self.place.site, result, owner)
        row = command.fact.row_id
        stream = ROW.stream(row)
        stamp = Stamp(
            command_id=command_id(row),
            request_hmac=bytes.fromhex(result.fingerprint),
            actor=self.job.actor,
            at=at,
            source=Source.IMPORT,
            correlation_id=command.fact.clue_id,
            causation_id=self.opened,
            traceparent=current_traceparent(),
        )
        states = States({stream: Row()}, {stream: 0})
        return Commit(stamp, {stream: 0}, IMPORT_ROW.decide(command, stamp, states))


def _own(done: Result, import_id: UUID) -> bool:
    match done:
        case Appended():
            return True
        case Repeated(first):
            fact = first.events[0].fact()
            return bool(getattr(fact, "import_id", None) == import_id)
        case KeyReused() | Conflicted():
            return False


async def _allowed(
    connection: asyncpg.Connection, keepings: Sequence[Keeping]
) -> list[Keeping]:
    """Return the keepings without the words of persons who were erased."""
    hmacs = {h for k in keepings if (h := k.id_hmac or k.phone_hmac) is not None}
    gone = await buried(connection, sorted(hmacs))
    return [_silent(k) if (k.id_hmac or k.phone_hmac) in gone else k for k in keepings]


def _silent(keeping: Keeping) -> Keeping:
    """Return a keeping without any words, and not to be found by its number."""
    return Keeping(
        keeping.proposed, keeping.kind, keeping.act, keeping.clue, keeping.role
    )
