"""A scene for intake's tests: its real database, its real door, officers' tokens."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, FastAPI
from jwt.algorithms import OKPAlgorithm

from libs.acts import Desk
from libs.events.journal.journal import Journal
from libs.events.journal.migrate import migrate
from libs.events.journal.words import Deployment
from libs.events.journal.writer import Writer
from libs.events.perform import Log
from libs.events.stream.relay import Relay, RelaySettings
from libs.events.stream.topics import Topics
from libs.events.stream.watermark import Watermarks
from libs.events.views.making import ensure
from libs.organisation import load_organisation
from libs.service.officers import OfficerTable
from libs.service.parts import Running
from libs.service.rebuilder import Rebuilder
from libs.settings import Settings
from libs.telemetry.setup import Seen, set_up
from libs.web.app import DoorSettings, make_app
from libs.web.auth import SignIn
from libs.web.closing import Closing
from libs.web.doors import Door
from libs.web.guards import Caps
from libs.web.health import Probes
from libs.web.keyset import KeySet
from libs.web.tokens import TrustedIssuer
from libs.web.worker_tokens import WorkerKey
from services.intake.app import SERVICE

ROLE = "qingxin_intake_test"
PASSWORD = "only-for-tests"
ISSUER = "https://issuer.test.invalid"
SITE = "310199000000"
START = datetime(2023, 11, 13, 1, 30, tzinfo=UTC)
RULES = Path(__file__).parents[1] / "services" / "routing" / "rules"
KEY = Ed25519PrivateKey.generate()
WORKER_KEY = b"w" * 32
MAKE_ROLE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


async def set_up_database(owner_dsn: str) -> None:
    """Make the app's role, the journal and the vault, in simulated time."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute(MAKE_ROLE)
    finally:
        await connection.close()
    await migrate(owner_dsn, "intake", ROLE, Deployment(SITE, "simulated", START))
    connection = await asyncpg.connect(owner_dsn)
    try:
        await ensure(connection, SERVICE.views, ROLE)
    finally:
        await connection.close()


def as_app(owner_dsn: str) -> str:
    """Return the same DSN for the app's role."""
    parts = urlsplit(owner_dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{ROLE}:{PASSWORD}@{host}"))


def settings(dsn: str, objects: Path, **changed: Any) -> Settings:
    """Return settings as a deployment would give them."""
    given = {
        "site": SITE,
        "mode": "simulated",
        "start_at": START,
        "database": dsn,
        "kafka": "127.0.0.1:1",
        "port": 1,
        "issuer": ISSUER,
        "jwks_url": f"{ISSUER}/jwks.json",
        "door_key": b"d" * 32,
        "worker_key": WORKER_KEY,
        "master_key": b"m" * 32,
        "code_key": b"c" * 32,
        "object_key": b"o" * 32,
        "objects": objects,
        **changed,
    }
    return Settings(**given)


def token(subject: str) -> str:
    """Return a token as the issuer signs it."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": "qingxin",
        "sub": subject,
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "jti": str(uuid4()),
    }
    headers = {"kid": "k1", "typ": "at+jwt"}
    return jwt.encode(claims, KEY, "EdDSA", headers=headers)


async def _keys() -> Mapping[str, Any]:
    row = OKPAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {"keys": [{**row, "kid": "k1", "use": "sig", "alg": "EdDSA"}]}


@dataclass
class Scene:
    """Intake at work: its door, its parts, the owner's way in."""

    owner_dsn: str
    running: Running
    app: FastAPI
    door: httpx.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def pool(self) -> asyncpg.Pool:
        return self.running.pool

    async def post(
        self, path: str, body: Any = None, *, by: str | None = None, **more: Any
    ) -> httpx.Response:
        """Post as an officer (by subject) or as the public; `key` repeats an act."""
        headers = {"Idempotency-Key": more.pop("key", None) or str(uuid4())}
        headers |= self.signed(by)
        if "version" in more:
            headers["If-Match"] = f'"v{more.pop("version")}"'
        headers |= more.pop("headers", {})
        return await self.door.post(path, json=body, headers=headers, **more)

    async def get(self, path: str, *, by: str | None = None) -> httpx.Response:
        """Get as an officer, a worker (a token) or nobody."""
        return await self.door.get(path, headers=self.signed(by))

    def signed(self, by: str | None) -> dict[str, str]:
        """Return the header of who asks."""
        if by is None:
            return {}
        text = by if by.count(".") == 2 else token(by)
        return {"Authorization": f"Bearer {text}"}

    async def events(self) -> list[str]:
        """Return the types of the log's events, in order."""
        rows = await self.pool.fetch("SELECT type FROM journal.event ORDER BY seq")
        return [row["type"] for row in rows]


@asynccontextmanager
async def intake(owner_dsn: str, objects: Path) -> AsyncIterator[Scene]:
    """Serve intake in this process on a database that `set_up_database` made."""
    told = settings(as_app(owner_dsn), objects)
    async with asyncpg.create_pool(told.database, min_size=1, max_size=8) as pool:
        running = await _running(told, pool)
        app = served(running, [*SERVICE.routers, *SERVICE.more_routers(running)])
        writer = running.desk.log.writer
        await writer.start()
        if SERVICE.prepare is not None:
            await SERVICE.prepare(running)
        works = [asyncio.create_task(work()) for work in running.works]
        try:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://door"
            ) as door:
                yield Scene(owner_dsn, running, app, door)
        finally:
            running.closing.begin()
            await asyncio.gather(*works)
            await writer.stop()


async def _running(told: Settings, pool: asyncpg.Pool) -> Running:
    topics = Topics("")
    journal = Journal(pool, "intake")
    writer = Writer(told.database)
    rules = {rule.command: rule for rule in SERVICE.rules}
    officers = OfficerTable()
    text = (RULES / "organisation.toml").read_text("utf-8")
    officers.organisation = load_organisation(text)
    running = Running(
        settings=told,
        pool=pool,
        desk=Desk("intake", Log(journal, writer), rules),
        relay=Relay(
            RelaySettings("intake", told.database, told.kafka, topics), journal
        ),
        topics=topics,
        watermarks=Watermarks(told.kafka, topics),
        officers=officers,
        telemetry=set_up("intake", Seen(endpoint=None, site=SITE)),
        door=Door(),
        closing=Closing(),
        rebuilder=Rebuilder("intake"),
    )
    await running.now()
    return running


def served(running: Running, routers: Sequence[APIRouter]) -> FastAPI:
    """Return a door with these routes, and every other part as intake's own."""

    def today() -> date:
        return date(2023, 11, 13)

    issuer = TrustedIssuer(ISSUER, KeySet(_keys))
    door = DoorSettings(
        title=SERVICE.title,
        probes=Probes("intake", "0"),
        request_key=running.settings.door_key,
        sign_in=SignIn(issuer, running.officers, today, WorkerKey(WORKER_KEY)),
        caps=Caps(uploads=SERVICE.uploads, raw_types=SERVICE.raw_types),
    )
    app = make_app(door, routers, door=running.door, closing=running.closing)
    app.state.desk, app.state.running = running.desk, running
    return app
