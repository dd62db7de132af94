"""`qingxin rebuild`: read models made anew from the topics, beside the live ones."""

import argparse
import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import httpx

from deploy.cli import DONE, WRONG, confirming, show
from deploy.cli.asking import NotRunning, asked, door, instant
from deploy.cli.clock import OPERATOR
from deploy.local import running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from libs.events.audit.drops import dropped
from libs.events.stream.topics import Topics
from libs.events.views.build import (
    Progress,
    RebuildCancelled,
    RebuildRunning,
    cancel,
)
from libs.events.views.crew import Crew, LoaderLost
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, Rebuilt, rebuild
from libs.events.views.runner import consumer_name
from libs.events.views.source import TopicSource
from libs.events.views.view import Declared
from libs.service.parts import Service
from libs.service.redoing import APPLIED

CONNECTIONS = 8
PATH = "/operator/rebuilds"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare which views, and up to when."""
    parser.add_argument("views", nargs="*", metavar="VIEW", help="else all of them")
    parser.add_argument("--service", choices=SERVICES, default="reporting")
    parser.add_argument("--fresh", action="store_true", help="forget a stopped one")
    parser.add_argument(
        "--as-of", type=instant, metavar="T", help="aside, as known then; not switched"
    )
    confirming.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rebuild, compare, switch; 4 when what was live differed."""
    settings = running.settings(Plan.of(os.environ).state)
    chosen = _chosen(arguments.service, arguments.views)
    counts = _looked(settings, arguments.service, chosen)
    about = (
        f"{sum(counts.values())} records are to be read again for {len(chosen)} views."
    )
    if not confirming.goes_on(arguments, about):
        show({"counts": counts}, about, as_json=arguments.json)
        return DONE
    with door(settings, arguments.service, OPERATOR) as client:
        put_on_record(client, counts, arguments.as_of)
    work = _Work(settings, arguments.service, chosen, arguments.as_of, arguments.fresh)
    try:
        found = asyncio.run(work.done())
    except RebuildCancelled:
        raise Cannot("Stopped. The same command goes on where it stopped.") from None
    except LoaderLost as lost:
        message = f"{lost}. The same command goes on where it stopped."
        raise Cannot(message) from None
    except RebuildRunning as name:
        message = f"Another rebuild of {name} is under way: wait, or end it."
        raise Cannot(message) from None
    except TopicIncomplete as lack:
        message = f"{lack}. Run `qingxin verify`."
        raise Cannot(message) from None
    answer = {"rebuilt": [_answer(one) for one in found]}
    show(answer, "\n".join(map(_line, found)), as_json=arguments.json)
    return DONE if all(one.compared.same for one in found) else WRONG


def _looked(
    settings: Settings, service: str, chosen: Sequence[Declared]
) -> dict[str, int]:
    """Return how many records each view has applied, as the service shows it."""
    try:
        with door(settings, service, OPERATOR) as client:
            return {
                one.name: int(asked(client, "GET", f"{PATH}/{one.name}")["count"])
                for one in chosen
            }
    except NotRunning:
        return asyncio.run(_counted(settings, service, chosen))


def put_on_record(
    client: httpx.Client, counts: Mapping[str, int], as_of: datetime | None
) -> None:
    """Have the service say what it was ordered; raises Cannot with its refusal.

    A service that does not run stops no rebuild: a line says that it is not on record.
    """
    at = as_of and as_of.isoformat()
    try:
        for name, count in counts.items():
            body = {"count": count, "here": False, "as_of": at}
            act = confirming.new_act()
            asked(client, "POST", f"{PATH}/{name}", json=body, headers=act)
    except NotRunning as reason:
        sys.stderr.write(f"The order is not on record: {reason}\n")


async def _counted(
    settings: Settings, service: str, chosen: Sequence[Declared]
) -> dict[str, int]:
    connection = await asyncpg.connect(settings.app_dsn(service))
    try:
        return {
            one.name: await connection.fetchval(APPLIED, consumer_name(one))
            for one in chosen
        }
    finally:
        await connection.close()


def declared_by(service: str) -> Sequence[Declared]:
    """Return a service's views and registers."""
    module = importlib.import_module(f"services.{service}.app")
    found: Service = module.SERVICE
    return found.views


def _chosen(service: str, names: Sequence[str]) -> list[Declared]:
    every = {one.name: one for one in declared_by(service)}
    unknown = sorted(set(names) - set(every))
    if unknown:
        message = f"{service} has no view {unknown[0]}. It has: {', '.join(every)}."
        raise Cannot(message)
    return [every[name] for name in names or every]


class _Work:
    """One rebuild, which the first Ctrl-C asks to stop and the second breaks off."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        chosen: Sequence[Declared],
        as_of: datetime | None,
        fresh: bool,  # noqa: FBT001 -- an option of the command line.
    ) -> None:
        self._settings = settings
        self._service = service
        self._chosen, self._as_of, self._fresh = chosen, as_of, fresh
        self._stopping: asyncio.Task[None] | None = None

    async def done(self) -> list[Rebuilt]:
        """Rebuild and return what came of it."""
        settings = self._settings
        source = TopicSource(settings.servers.kafka, Topics(settings.prefix))
        owner = settings.owner_dsn(self._service)
        async with asyncpg.create_pool(owner, min_size=1, max_size=CONNECTIONS) as pool:
            asyncio.get_running_loop().add_signal_handler(
                signal.SIGINT, self._stop, pool
            )
            try:
                return await rebuild(pool, source, await self._order(pool), _say)
            finally:
                sys.stderr.write("\n")

    async def _order(self, pool: asyncpg.Pool) -> Order:
        role = self._settings.database(self._service).app.name
        return Order(
            self._chosen,
            role,
            self._as_of,
            fresh=self._fresh,
            dropped=await dropped(pool),
            crew=Crew(self._settings.owner_dsn(self._service)),
        )

    def _stop(self, pool: asyncpg.Pool) -> None:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
        self._stopping = asyncio.create_task(self._cancelled(pool))

    async def _cancelled(self, pool: asyncpg.Pool) -> None:
        for one in self._chosen:
            await cancel(pool, one.name)


def _say(progress: Progress) -> None:
    left = progress.seconds_left
    eta = f" · {left:,.0f} s left" if left is not None else ""
    line = f"{progress.done:,} of {progress.total:,} · {progress.rate:,.0f}/s{eta}"
    sys.stderr.write(f"\r{line:<70}")
    sys.stderr.flush()


def _answer(one: Rebuilt) -> dict[str, object]:
    return {
        "view": one.name,
        "version": one.version,
        "schema": one.schema,
        "checksum": one.compared.rebuilt,
        "live_checksum": one.compared.live,
        "same": one.compared.same,
        "different": one.compared.different,
        "parked": one.compared.parked,
    }


def _line(one: Rebuilt) -> str:
    compared = one.compared
    head = f"{one.name:<16} v{one.version}  {compared.rebuilt[:16]}"
    aside = [f"left out as parked: {', '.join(compared.parked)}"] * bool(
        compared.parked
    )
    if one.schema != "public":
        return "  ".join([head, f"stands in schema {one.schema}", *aside])
    if compared.live is None:
        return "  ".join([head, "nothing live to compare with, switched", *aside])
    if compared.same:
        return "  ".join([head, "same as live, switched", *aside])
    named = ", ".join(compared.different) or "other streams"
    return "  ".join([head, f"DIFFERENT from live: {named}; switched", *aside])
