"""A client: asks with one key until it is told, whichever process answers."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from libs import ids
from libs.web.idempotency import command_id
from tests.chaos.history import History, Op
from tests.chaos.holding import held
from tests.chaos.system import System

ASK_SECONDS = 6.0
PATIENCE = 90.0
PAUSE = (0.05, 0.6)
STALE = 412
LATER = frozenset({403, 404, 408, 425, 429})
"""Answered while a service has not heard of something yet, or is not able to."""
AGAIN_CODES = frozenset({"conflict", "contended", "unavailable"})
SERVER = 500


@dataclass
class Told:
    """An answer: its status and what it said."""

    status: int
    said: dict[str, Any]
    etag: str | None


@dataclass
class Client:
    """Acts at the public doors; `insists` sends even what was answered once more."""

    system: System
    history: History
    dice: random.Random
    http: httpx.AsyncClient
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    patience: float = PATIENCE

    async def act(self, op: Op, body: Mapping[str, Any]) -> Op:
        """Send an act until it is answered for good, or patience ends."""
        actor = ids.actor_id(self.system.settings.of_issuer()["QINGXIN_ISSUER"], op.who)
        op.command_id = command_id(actor, op.key)
        self.history.begins(op)
        until = asyncio.get_running_loop().time() + self.patience
        match = '"v0"'
        while True:
            op.tries += 1
            told = await self.ask(op, {"json": body}, match)
            if told is not None:
                if told.status == STALE and told.etag and told.etag != match:
                    match = told.etag
                    continue
                if self._is_final(told):
                    return self._ended(op, told)
            if asyncio.get_running_loop().time() > until:
                self.history.ends(op, "unknown", str(told and told.status))
                return op
            await held(self.dice.uniform(*PAUSE))

    def _ended(self, op: Op, told: Told) -> Op:
        op.answer = told.said
        if told.status < 400:
            self.history.ends(op, "ok")
        else:
            self.history.ends(op, "fail", str(told.said.get("code", told.status)))
        return op

    def _is_final(self, told: Told) -> bool:
        if told.status >= SERVER or told.status in LATER or told.status == STALE:
            return False
        return told.said.get("code") not in AGAIN_CODES

    async def ask(
        self, op: Op, content: Mapping[str, Any], match: str = ""
    ) -> Told | None:
        """Post once at any process of the service; None when nobody answered."""
        part = self.dice.choice(self.system.of(op.service))
        headers = {
            "Authorization": f"Bearer {self.system.token(op.who)}",
            "Idempotency-Key": op.key,
            "Accept-Language": "en",
        }
        if match and op.path.count("/") > 2:
            headers["If-Match"] = match
        try:
            answer = await self.http.post(
                f"{part.address}{op.path}", headers=headers, **content
            )
            said = answer.json()
        except (httpx.HTTPError, ValueError):
            return None
        return Told(answer.status_code, said, answer.headers.get("ETag"))

    async def get(self, who: str, service: str, path: str) -> httpx.Response | None:
        """Read once; None when nobody answered."""
        part = self.dice.choice(self.system.of(service))
        headers = {"Authorization": f"Bearer {self.system.token(who)}"}
        try:
            return await self.http.get(f"{part.address}{path}", headers=headers)
        except httpx.HTTPError:
            return None

    async def again(self, op: Op, body: Mapping[str, Any]) -> None:
        """Repeat what was answered, with its key: the first answer has to come."""
        if op.phase != "ok":
            return
        told = await self.ask(op, {"json": body}, '"v0"')
        if told is None or not self._is_final(told):
            return
        first = {k: v for k, v in op.answer.items() if k not in OWN}
        now = {k: v for k, v in told.said.items() if k not in OWN}
        if first != now:
            self.history.note("repeat-differs", key=op.key, first=first, now=now)
            op.code = "repeat-differs"


OWN = frozenset({"repeated", "codes", "query_code", "receipt_code"})
"""What an answer does not promise to say twice."""


def found_id(answer: Mapping[str, Any], name: str) -> UUID:
    """Return an id of an answer."""
    return UUID(str(answer[name]))
