"""A console for tests: its pages over hand-made events, with officers signed in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from libs.events.event import Recorded
from libs.organisation import load_organisation
from libs.service.officers import OfficerTable
from libs.settings import Settings
from libs.web.app import DoorSettings, make_app
from libs.web.auth import SignIn
from libs.web.health import Probes
from libs.web.keyset import KeySet
from libs.web.tokens import TrustedIssuer
from services.reporting import (
    api,
    calendar_api,
    channels_api,
    duties_api,
    persons_api,
    risks_api,
    rosters_api,
    supervision_api,
)
from services.reporting.console import pages
from services.reporting.console.session import COOKIE, Session, begin
from services.reporting.views import DECLARED
from tests.stack import FreshDatabases
from tests.unit.web_door import ISSUER, published_keys, token
from tests.views_stand import Memory, apply_live, migrated, prepared

RULES = Path(__file__).parents[1] / "services/routing/rules/organisation.toml"
NOW = datetime(2023, 12, 20, 4, tzinfo=UTC)
DOOR_KEY = b"d" * 32


class Known:
    """Watermarks that say what a test wants: all known up to now, by default."""

    def __init__(self) -> None:
        self.complete: datetime | None = NOW
        self.seen = True

    async def completeness(self, *_: object) -> datetime | None:
        return self.complete

    async def wait_for(self, *_: object) -> bool:
        return self.seen


@dataclass
class Console:
    """The console at work."""

    app: FastAPI
    pool: asyncpg.Pool
    running: Any
    watermarks: Known = field(default_factory=Known)

    async def signed_in(self, subject: str) -> tuple[httpx.AsyncClient, Session]:
        """Return a browser of an officer, and its session."""
        said = token(sub=subject)
        session = await begin(self.pool, DOOR_KEY, said)
        client = self.browser()
        client.cookies.set(COOKIE, session.secret)
        return client, session

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Return a browser that nobody signed in with."""
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(
            transport=transport,
            base_url="http://console.test",
            headers={"Accept": "text/html,*/*", **headers},
        )

    def api(self, subject: str) -> httpx.AsyncClient:
        """Return a client with an officer's token."""
        bearer = f"Bearer {token(sub=subject)}"
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(
            transport=transport,
            base_url="http://console.test",
            headers={"Authorization": bearer},
        )


@asynccontextmanager
async def console_scene(
    fresh_database: FreshDatabases,
    events: Sequence[Recorded] = (),
    urls: Mapping[str, str] | None = None,
) -> AsyncIterator[Console]:
    """Run the console over these events; `urls` are other services' addresses."""
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=5) as pool:
        await prepared(pool, *DECLARED)
        memory = Memory()
        memory.say(events)
        if events:
            await apply_live(pool, memory, DECLARED)
        yield _console(pool, dsn, urls or {})


def _console(pool: asyncpg.Pool, dsn: str, urls: Mapping[str, str]) -> Console:
    officers = OfficerTable()
    officers.organisation = load_organisation(RULES.read_text("utf-8"))
    watermarks = Known()
    running: Any = SimpleNamespace(
        settings=_settings(dsn, urls),
        pool=pool,
        watermarks=watermarks,
        officers=officers,
        today=lambda: date(2023, 12, 20),
        last_now=NOW,
    )
    door = DoorSettings(
        title="console",
        probes=Probes("reporting", "0"),
        request_key=DOOR_KEY,
        sign_in=SignIn(
            TrustedIssuer(ISSUER, KeySet(published_keys)), officers, running.today
        ),
    )
    apis = (
        api,
        calendar_api,
        channels_api,
        duties_api,
        persons_api,
        risks_api,
        rosters_api,
        supervision_api,
    )
    routers = [*(one.router for one in apis), *pages.routers(running)]
    app = make_app(door, routers)
    app.state.running = running
    return Console(app, pool, running, watermarks)


def _settings(dsn: str, urls: Mapping[str, str]) -> Settings:
    addresses: dict[str, Any] = {f"url_{name}": url for name, url in urls.items()}
    return Settings(
        site="310199000000",
        mode="simulated",
        database=dsn,
        kafka="127.0.0.1:1",
        port=1,
        issuer=ISSUER,
        jwks_url="http://127.0.0.1:1/jwks.json",
        door_key=DOOR_KEY,
        objects=Path(),
        **addresses,
    )
