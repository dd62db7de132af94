"""Readiness: what a service looks at before it says that it serves."""

from collections.abc import Awaitable, Callable, Mapping

from libs.service.parts import Running
from libs.web.health import Checked


async def _database(running: Running) -> Checked:
    head = await running.desk.log.journal.head()
    return Checked(ok=True, detail=f"head {head.seq}")


async def _relay(running: Running) -> Checked:
    issues = running.relay.issues()
    return Checked(ok=not issues, detail="; ".join(map(str, issues)))


async def _streams(running: Running) -> Checked:
    waiting = [
        name
        for name, one in running.subscriptions.items()
        if not one.has_partitions or one.issues()
    ]
    return Checked(ok=not waiting, detail=", ".join(waiting))


async def _organisation(running: Running) -> Checked:
    known = running.officers.organisation is not None
    return Checked(ok=known, detail="" if known else "organisation not adopted yet")


CHECKS: Mapping[str, Callable[[Running], Awaitable[Checked]]] = {
    "database": _database,
    "relay": _relay,
    "subscriptions": _streams,
    "organisation": _organisation,
}
