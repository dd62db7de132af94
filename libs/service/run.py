"""Run a service: `python -m services.<name> start | serve | migrate`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

import asyncpg
import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.middleware import Middleware

from libs.acts import Desk
from libs.collecting import collect_seldom
from libs.events.journal.journal import Journal
from libs.events.journal.migrate import migrate
from libs.events.journal.words import Deployment
from libs.events.journal.writer import Writer
from libs.events.perform import Log
from libs.events.reactions import Reactor, system_actor
from libs.events.stream.pages import pages_pool, plain_pool
from libs.events.stream.relay import Relay, RelaySettings
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import Topics
from libs.events.stream.watermark import Watermarks
from libs.events.views.making import ensure
from libs.events.views.runner import consumers
from libs.events.views.view import Declared
from libs.service import dropping, ordering
from libs.service.checks import CHECKS
from libs.service.ending import ended, within
from libs.service.feed import JournalFeed
from libs.service.officers import OfficerTable
from libs.service.operate import operator_routes
from libs.service.parts import REACTIONS, VIEWS, Running, Service
from libs.service.rebuilder import Rebuilder, rebuild_here
from libs.service.replication import with_replication
from libs.service.sealing import published_seals, with_seals
from libs.service.watching import Watching
from libs.settings import Settings, SettingsRefused, read
from libs.telemetry.http import SeenRequests
from libs.telemetry.setup import Seen, set_up
from libs.web.app import DoorSettings, make_app
from libs.web.auth import SignIn
from libs.web.closing import Closing
from libs.web.contract import contract_routes
from libs.web.doors import Door
from libs.web.feed import Feed, feed_routes
from libs.web.guards import Caps
from libs.web.health import Probes
from libs.web.keyset import KeySet, fetched_from
from libs.web.tokens import TrustedIssuer
from libs.web.worker_tokens import WorkerKey

VERSION = "0.1.0"
ROUND_SECONDS = 1.0
GRACE_SECONDS = 10
log = structlog.get_logger()


def main(service: Service, arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Run one verb of a service; a wrong setting or verb is one line and exit 2."""
    verbs = {"start": start, "serve": serve, "migrate": prepare_database}
    views = {f"rebuild {one.name}": partial(_rebuild, one) for one in service.views}
    verb = " ".join(arguments)
    if verb not in verbs | views:
        known = "|".join([*verbs, "rebuild VIEW"])
        sys.exit(f"usage: python -m services.{service.name} {known}")
    try:
        settings = read()
    except SettingsRefused as error:
        sys.exit(str(error))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run((verbs | views)[verb](service, settings))


async def _rebuild(view: Declared, service: Service, settings: Settings) -> None:
    """Make one view anew; needs the owner's right to make tables."""
    owner = settings.owner_database
    if owner is None:
        sys.exit(f"QINGXIN_OWNER_DATABASE is needed to rebuild {service.name}'s views.")
    await rebuild_here(settings, owner, view, _app_role(settings))


async def prepare_database(service: Service, settings: Settings) -> None:
    """Bring the service's database and its read models' tables up to date."""
    owner = settings.owner_database
    if owner is None:
        sys.exit("QINGXIN_OWNER_DATABASE is needed to migrate.")
    role = _app_role(settings)
    start_at = settings.start_at if settings.mode == "simulated" else None
    deployment = Deployment(settings.site, settings.mode, start_at)
    await migrate(owner, service.name, role, deployment)
    connection = await asyncpg.connect(owner)
    try:
        waiting = await ensure(connection, service.views, role)
    finally:
        await connection.close()
    for one in waiting:
        log.warning("view_waits_for_rebuild", view=one.name, version=one.version)


def _app_role(settings: Settings) -> str:
    return urlsplit(settings.database).username or ""


async def start(service: Service, settings: Settings) -> None:
    """Migrate, then serve: one process less to load, where one may do both."""
    await prepare_database(service, settings)
    await serve(service, settings)


async def serve(service: Service, settings: Settings) -> None:
    """Serve until SIGTERM: drain, leave the groups, stop the relay, end."""
    telemetry = set_up(service.name, Seen(endpoint=settings.otlp, site=settings.site))
    try:
        async with (
            plain_pool(settings.database) as pool,
            pages_pool(settings.database) as pages,
        ):
            running = assembled(service, settings, pool, telemetry)
            running.subscriptions.update(_subscriptions(service, running, pages))
            if VIEWS in running.subscriptions:
                running.watermarks.wake_by(running.subscriptions[VIEWS].moved_within)
            app = application(service, with_replication(with_seals(running)))
            config = uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http="httptools",
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                server_header=False,
            )
            await uvicorn.Server(config).serve()
    finally:
        telemetry.shut_down()


def assembled(
    service: Service, settings: Settings, pool: asyncpg.Pool, telemetry: object
) -> Running:
    topics = Topics(settings.topic_prefix)
    journal = Journal(pool, service.name)
    relay = Relay(
        RelaySettings(
            service.name,
            settings.database,
            settings.kafka,
            topics,
            schemas=settings.schemas.rstrip("/") or settings.url(service.name),
        ),
        journal,
    )
    writer = Writer(settings.database, gate=relay.may_write)
    own = (dropping.RULE, *ordering.RULES)
    rules = {rule.command: rule for rule in (*service.rules, *own)}
    return Running(
        settings=settings,
        pool=pool,
        desk=Desk(service.name, Log(journal, writer), rules),
        relay=relay,
        topics=topics,
        watermarks=Watermarks(settings.kafka, topics),
        officers=OfficerTable(),
        telemetry=telemetry,  # type: ignore[arg-type]  # what set_up returned
        door=Door(),
        closing=Closing(),
        rebuilder=Rebuilder(service.name),
        timers=service.timers,
        views=service.views,
    )


def _subscriptions(
    service: Service, running: Running, pages: asyncpg.Pool
) -> dict[str, Subscription]:
    told, made = running.settings, dict[str, Subscription]()
    group = f"{told.topic_prefix}qingxin.{service.name}."
    settings = SubscriptionSettings(
        told.kafka,
        running.topics,
        session_ms=told.session_ms,
        heartbeat_ms=told.heartbeat_ms,
        told=running.watermarks.of_topic,
    )
    if service.views:
        views = consumers(service.views)
        made[VIEWS] = Subscription(group + VIEWS, views, pages, settings)
    if service.reactions:
        reactor = Reactor(
            REACTIONS,
            service.hears,
            running.desk.log.journal,
            service.reactions,
            running.desk.rules,
            system_actor(service.name),
        )
        made[REACTIONS] = Subscription(group + REACTIONS, [reactor], pages, settings)
    return made


def application(service: Service, running: Running) -> FastAPI:
    """Return a service's whole door: every route that it serves, and no other."""
    source = JournalFeed(running.desk.log.journal, service.parties)
    feed = Feed(service.name, source, running.closing)
    door = DoorSettings(
        title=service.title,
        probes=Probes(
            service.name,
            VERSION,
            {name: partial(check, running) for name, check in CHECKS.items()},
            running.telemetry.metrics_text,
        ),
        request_key=running.settings.door_key,
        sign_in=_sign_in(running),
        caps=Caps(uploads=service.uploads, raw_types=service.raw_types),
        middleware=[Middleware(SeenRequests)],
    )
    watching = Watching(running)
    routers = [
        operator_routes(running, watching),
        feed_routes(feed),
        contract_routes(),
        published_seals(running),
        *service.routers,
        *service.more_routers(running),
    ]

    @asynccontextmanager
    async def at_work(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _start(service, running, watching, stack)
            yield

    app = make_app(
        door, routers, door=running.door, closing=running.closing, lifespan=at_work
    )
    app.state.desk, app.state.running = running.desk, running
    return app


def _sign_in(running: Running) -> SignIn:
    told = running.settings
    worker_key = WorkerKey(told.worker_key) if told.worker_key else None
    issuer = TrustedIssuer(told.issuer, KeySet(fetched_from(told.jwks_url)))
    return SignIn(issuer, running.officers, running.today, worker_key)


async def _start(
    service: Service, running: Running, watching: Watching, stack: AsyncExitStack
) -> None:
    writer = running.desk.log.writer
    await running.relay.start()
    stack.push_async_callback(within, "relay", running.relay.stop)
    await writer.start()
    stack.push_async_callback(within, "writer", writer.stop)
    stack.push_async_callback(within, "rebuild", running.rebuilder.stop)
    if service.prepare is not None:
        await service.prepare(running)
    for work in running.works:
        going = asyncio.create_task(work(), name="work")
        stack.push_async_callback(ended, going)
    await running.watermarks.start()
    stack.push_async_callback(within, "watermarks", running.watermarks.stop)
    for name, subscription in running.subscriptions.items():
        await subscription.start()
        stack.push_async_callback(within, name, subscription.stop)
    rounds = asyncio.create_task(_rounds(service, running, watching), name="rounds")
    stack.push_async_callback(ended, rounds)
    await running.now()
    collect_seldom()


async def _rounds(service: Service, running: Running, watching: Watching) -> None:
    while True:
        try:
            await running.now()
            await running.officers.refresh(running.pool)
            await watching.go_round()
            if not (running.door.closed or running.timers_held):
                for timer in service.timers:
                    await timer(running)
        except Exception as error:  # noqa: BLE001 -- the service's own loop
            log.warning(
                "round_failed", service=service.name, error=type(error).__name__
            )
        await asyncio.sleep(ROUND_SECONDS)
