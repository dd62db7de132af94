"""Sealing: a service seals its log, on its own and when an auditor asks for it."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query

from libs.events.audit.seal_store import Folder, SealConflict, kept
from libs.events.audit.sealer import Sealer, SealSettings
from libs.events.audit.signing import KeyRefused
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.languages import Said
from libs.web.problems import Problem

PAGE = 500
MOST = 2**31 - 1


def with_seals(running: Running) -> Running:
    """Have the service make seals where it was given a key for them."""
    said = running.settings
    if said.seal_key is None:
        return running
    settings = SealSettings(
        service=running.desk.service,
        bootstrap=said.kafka,
        topic=running.topics.audit,
        key=said.seal_key,
        folder=_folder(running),
        every=said.seal_every,
    )
    running.sealer = Sealer(running.pool, settings, lambda: running.relay.leads)
    running.works.append(running.sealer.run)
    return running


def _folder(running: Running) -> Path:
    return running.settings.seal_folder or running.settings.objects / "seals"


def published_seals(running: Running) -> APIRouter:
    """Return /seals.json: open, for whoever has no Kafka; it holds hashes and keys."""
    router = APIRouter(tags=["contract"])

    @router.get("/seals.json", summary="Seals in order, and the keys that sign them")
    async def seals(after: Annotated[int, Query(ge=0, le=MOST)] = 0) -> dict[str, Any]:
        """At most 500 seals after a number; the keys each vouched for by the last."""
        found = [one.document for one in await kept(running.pool, after, PAGE)]
        try:
            keys = list(Folder(_folder(running)).keys().documents)
        except KeyRefused:
            raise Problem("not-found") from None
        return {"keys": keys, "seals": found}

    return router


def sealing_routes(running: Running) -> APIRouter:
    """Return the route by which an auditor has the log sealed up to now."""
    router = APIRouter()

    @router.post("/seals")
    async def seal(caller: OfficerCaller) -> dict[str, Any]:
        """Seal what was recorded until now; say how many seals there are."""
        permissions.require(caller, "Verify")
        if running.sealer is None:
            raise Problem("not-found")
        try:
            made = await running.sealer.seal_now()
        except (SealConflict, KeyRefused) as reason:
            said = Said(f"日志未能封存：{reason}", f"Not sealed: {reason}")
            raise Problem("conflict", said) from None
        return {"made": [one.number for one in made]}

    return router
