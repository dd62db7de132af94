"""The four services' whole doors in one process: real routes, rights and deciders.

Behind them a journal in memory, and a database that only notes that it was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from libs.events.event import Recorded
from libs.events.journal.words import Appended, Commit
from libs.events.perform import Log
from libs.events.testing import AT, Given
from libs.events.views.testing import recorded, told
from libs.ids import actor_id
from libs.organisation import Organisation, load_organisation
from libs.service.parts import Service
from libs.service.run import application, assembled
from libs.settings import Settings
from libs.web.auth import SignIn
from libs.web.callers import Officer
from libs.web.keyset import KeySet
from libs.web.tokens import TrustedIssuer
from libs.web.worker_tokens import WorkerKey
from services.reporting.console.session import Session, derived, seal
from services.routing.seeding import books
from tests import intake_scene
from tests.unit.web_door import ISSUER, published_keys, token

SERVICES = ("intake", "routing", "enforcement", "reporting")
UNITS = {
    "centre": "LC", "inspection": "LI", "mediation": "LM", "development": "DO",
    "petition": "PO", "leading-group": "LG", "brigade": "DB", "hrss-head": "HD",
    "police": "PS", "cyberspace": "CY", "judicial-office": "SF", "tribunal": "EX",
    "grid": "R1", "auditor": "AU", "agency": "XT", "operator": "OP",
}  # fmt: skip
"""One officer of each role, and the unit that he acts for."""
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
SECRET = "the console's cookie"
FIRST = 1


class Asked(Exception):
    """The database was asked: whoever asked had come past the door."""


@dataclass
class Nothing:
    """A part that only notes that it was asked for anything."""

    reached: bool = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._asked

    def _asked(self, *_: Any, **__: Any) -> "Nothing":
        return self

    def __await__(self) -> Any:
        self.reached = True
        raise Asked

    async def __aenter__(self) -> None:
        self.reached = True
        raise Asked

    async def __aexit__(self, *_: object) -> None:
        """Nothing was entered."""


@dataclass
class Database(Nothing):
    """A database that knows one session of the console: of whose token it holds."""

    session: Session | None = None

    async def fetchval(self, *_: Any, **__: Any) -> bytes:
        """Return the sealed token of the cookie; anything else was past the door."""
        if self.session is None:
            self.reached = True
            raise Asked
        held, self.session = self.session, None
        key = derived(b"d" * 32, f"session {held.secret}")
        return seal(key, held.token.encode())


@dataclass
class Memory:
    """A journal and its writer over the streams of a story; nothing stays written."""

    service: str
    story: Given = field(default_factory=Given)

    async def read_streams(self, names: Sequence[str]) -> dict[str, list[Recorded]]:
        """Return the streams' events as a journal does."""
        held = self.story.streams
        return {
            name: recorded(told(name, *held[name][1]), service=self.service)
            if name in held
            else []
            for name in names
        }

    async def kept(self, _command_id: UUID) -> None:
        """Say that no command came before."""

    async def now(self) -> datetime:
        """Return the time of the story."""
        return AT

    async def submit(self, commit: Commit) -> Appended:
        """Answer as if it had been appended."""
        new = [
            one
            for each in commit.events
            for one in recorded(told(each.stream, each.event), service=self.service)
        ]
        return Appended(FIRST, len(new), tuple(new), commit.answer)


@cache
def organisation() -> Organisation:
    """Return the organisation of the demonstration."""
    return load_organisation(books()["organisation"]["organisation.toml"])


@dataclass
class Directory:
    """Who acts: one officer of each role, by the role's name."""

    organisation: Organisation = field(default_factory=organisation)

    def __call__(self, subject: str, _on: date) -> Officer | None:
        unit = UNITS.get(subject)
        return None if unit is None else Officer(subject, subject, unit)

    def of_person(self, issuer: str, person: UUID, on: date) -> Officer | None:
        """Find one of them by the opaque id."""
        found = (role for role in UNITS if actor_id(issuer, role) == person)
        return next((self(role, on) for role in found), None)


class Alone(Settings):
    """Settings that know no other service: whoever asks one came past the door."""

    def url(self, service: str) -> str:
        raise Asked(service)


@dataclass
class House:
    """One service at its door."""

    name: str
    app: FastAPI
    running: Any
    memory: Memory
    database: Database

    def routes(self) -> list[str]:
        """Return the route table: `METHOD /path`, each once."""
        return sorted(
            f"{method} {one.path}"
            for one in iter_route_contexts(self.app.routes)
            for method in (one.methods or {"ANY"})
            if method != "HEAD"
        )


@cache
def house(name: str) -> House:
    """Return a service's door as it serves, made once."""
    service: Service = import_module(f"services.{name}.app").SERVICE
    said = intake_scene.settings(NOWHERE, Path(gettempdir()), schemas="http://none")
    settings = Alone(**dict(said))
    database, memory = Database(), Memory(name)
    telemetry = SimpleNamespace(metrics_text=lambda: "")
    running: Any = assembled(service, settings, database, telemetry)
    running.desk = type(running.desk)(
        name,
        Log(memory, memory),  # type: ignore[arg-type]  # a journal in memory
        running.desk.rules,
    )
    running.relay, running.watermarks = Nothing(), Nothing()
    running.rebuilder, running.officers = Nothing(), Directory()
    running.last_now = AT
    app = application(service, running)
    issuer = TrustedIssuer(ISSUER, KeySet(published_keys))
    worker_key = WorkerKey(intake_scene.WORKER_KEY)
    app.state.sign_in = SignIn(issuer, running.officers, running.today, worker_key)
    return House(name, app, running, memory, database)


@cache
def bearer(role: str) -> Mapping[str, str]:
    """Return the header of an officer of a role."""
    return {"authorization": f"Bearer {token(sub=role)}"}


def session(role: str) -> Session:
    """Return the console's session of an officer of a role."""
    return Session(SECRET, bearer(role)["authorization"].removeprefix("Bearer "))
