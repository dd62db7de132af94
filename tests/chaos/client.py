"""A client: asks with one key until it is told, whichever process answers."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
SERVER, REFUSED = 500, 400
BUSY = frozenset({408, 425, 429, *range(SERVER, 600)})
"""Answered by who is not able to say more now."""
FIRST = '"v0"'
REPEAT_DIFFERS = "repeat-differs"
Content = Mapping[str, Any]
"""What is posted: `json`, or `data` and `files`."""


@dataclass
class Told:
    """An answer: its status and what it said."""

    status: int
    said: dict[str, Any]
    etag: str | None


@dataclass
class Client:
    """Acts at the public doors of the services, whichever process is asked."""

    system: System
    history: History
    dice: random.Random
    http: httpx.AsyncClient
    patience: float = PATIENCE
    pause: tuple[float, float] = PAUSE

    async def act(self, op: Op, body: Mapping[str, Any]) -> Op:
        """Send an act until it is answered for good, or patience ends."""
        return await self.send(op, {"json": body})

    async def send(self, op: Op, content: Content) -> Op:
        """Send an act with any content, as `act` does."""
        actor = ids.actor_id(self.system.settings.of_issuer()["QINGXIN_ISSUER"], op.who)
        op.command_id = command_id(actor, op.key)
        self.history.begins(op)
        until = asyncio.get_running_loop().time() + self.patience
        match = FIRST
        while True:
            op.tries += 1
            told = await self.ask(op, content, match)
            if told is not None:
                if told.status == STALE and told.etag and told.etag != match:
                    match = told.etag
                    continue
                if self._is_final(told):
                    return self._ended(op, told)
            if asyncio.get_running_loop().time() > until:
                self.history.ends(op, "unknown", str(told and told.status))
                return op
            await held(self.dice.uniform(*self.pause))

    def _ended(self, op: Op, told: Told) -> Op:
        op.answer = told.said
        if told.status < REFUSED:
            self.history.ends(op, "ok")
        else:
            self.history.ends(op, "fail", str(told.said.get("code", told.status)))
        return op

    def _is_final(self, told: Told) -> bool:
        if told.status >= SERVER or told.status in LATER or told.status == STALE:
            return False
        return told.said.get("code") not in AGAIN_CODES

    async def ask(self, op: Op, content: Content, match: str = "") -> Told | None:
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

    async def again(self, op: Op, content: Content) -> None:
        """Repeat what was answered, with its key: the first answer has to come.

        It is waited for as long as for a first one; then what was said last counts.
        """
        if op.phase != "ok":
            return
        until = asyncio.get_running_loop().time() + self.patience
        tries, last = 0, None
        while True:
            tries += 1
            told = await self.ask(op, content, FIRST)
            if told is not None and told.status not in BUSY:
                last = told
                if self._is_final(told):
                    break
            if asyncio.get_running_loop().time() > until:
                break
            await held(self.dice.uniform(*self.pause))
        self._repeated(op, last, tries)

    def _repeated(self, op: Op, told: Told | None, tries: int) -> None:
        if told is None:
            self.history.repeated(op, "unknown", tries)
            return
        first, now = _promised(op, op.answer), _promised(op, told.said)
        if told.status < REFUSED and first == now:
            self.history.repeated(op, "same", tries)
            return
        self.history.repeated(op, "differs", tries)
        said = {"first": first, "now": now, "status": told.status}
        self.history.note("repeat-differs", key=op.key, **said)
        op.code = REPEAT_DIFFERS


OWN = frozenset({"repeated", "codes", "query_code", "receipt_code"})
"""What an answer does not promise to say twice."""


def _promised(op: Op, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if op.kind == "import":
        # How far it is goes on.
        return {"import_id": answer.get("import_id")}
    return {k: v for k, v in answer.items() if k not in OWN}
