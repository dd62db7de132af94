"""The window: what intake's routes work with, put together once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs import ids
from libs.acts import Desk
from libs.calendar import day_of
from libs.events.decider import Kind
from libs.organisation import Organisation
from libs.service.parts import Running
from libs.web.callers import Caller, SignedIn
from libs.web.limits import ANONYMOUS_REPORT, TRACK_BY_CODE, Limiter, Rate
from libs.web.problems import limited
from libs.web.worker_tokens import WorkerKey
from services.intake import clue, known
from services.intake.clue import Clue
from services.intake.known import Known
from services.intake.vault.codes import Codes
from services.intake.vault.keys import Keys

REHEARSED = Rate("rehearsed", 100_000, 3600)
"""A simulated deployment loads whole campaigns from one address."""
# A partner's or the public's clue is first asked at the centre's window.
OUTSIDERS = frozenset({"agency", "worker", "public"})


@dataclass(frozen=True)
class Window:
    """The desk with what intake alone has: the vault's keys, codes, organisation.

    `reports` and `tries` count the public by address, over interface and pages alike.
    """

    running: Running
    keys: Keys
    codes: Codes
    worker_key: WorkerKey
    reports: Limiter
    tries: Limiter

    @classmethod
    def of(cls, running: Running) -> "Window":
        """Put it together from a running service's settings; raises ValueError."""
        told = running.settings
        if told.master_key is None or told.code_key is None or told.worker_key is None:
            message = "Intake needs QINGXIN_MASTER_KEY, _CODE_KEY and _WORKER_KEY."
            raise ValueError(message)
        retired = told.retired_master_keys
        keys = Keys.of(told.master_key, told.code_key, retired)
        rehearsed = Limiter(REHEARSED) if told.mode == "simulated" else None
        return cls(
            running,
            keys,
            Codes(keys),
            WorkerKey(told.worker_key),
            reports=rehearsed or Limiter(ANONYMOUS_REPORT),
            tries=rehearsed or Limiter(TRACK_BY_CODE),
        )

    @property
    def desk(self) -> Desk:
        """Return the desk."""
        return self.running.desk

    @property
    def pool(self) -> asyncpg.Pool:
        """Return the database."""
        return self.running.pool

    @property
    def site(self) -> str:
        """Return the deployment's site."""
        return self.running.settings.site

    @property
    def organisation(self) -> Organisation:
        """Return the organisation in force; raises 503 until it is known."""
        found = self.running.officers.organisation
        if found is None:
            raise limited("overloaded", 1)
        return found

    def first_asked(self, caller: Caller, now: datetime) -> str:
        """Return the unit first asked: the officer's own, else the centre's."""
        if isinstance(caller, SignedIn) and caller.actor.role not in OUTSIDERS:
            return caller.actor.unit
        officers = self.organisation.officers_on(day_of(now))
        return next(o.unit for o in officers if o.role == "centre")

    async def folded(self, reads: Sequence[tuple[Kind[Any], UUID]]) -> list[Any]:
        """Return the state of each stream as it stands now."""
        names = [kind.stream(subject) for kind, subject in reads]
        streams = await self.desk.log.journal.read_streams(names)
        return [
            kind.fold(record.fact() for record in streams[name])
            for (kind, _), name in zip(reads, names, strict=True)
        ]

    async def clue(self, clue_id: UUID) -> tuple[Clue, Known]:
        """Return a clue's state and what is known of its case."""
        case_id = ids.case_id(clue_id)
        held, noted = await self.folded([(clue.KIND, clue_id), (known.KIND, case_id)])
        return held, noted
