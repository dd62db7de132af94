"""A reader: what was said as known at T, T not after the watermark, stays said."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from tests.chaos.client import Client
from tests.chaos.holding import held

LEDGER = "/v1/ledger?source=all&limit=500"
AUDITOR = "au-01"
GOOD = 200
READ_SECONDS = 3.0
"""Between two rounds: a page of 500 lines is a good part of a core each."""
MOVING = frozenset({"next"})
"""Sealed anew each time."""


@dataclass
class Reader:
    """Asks the ledger as known at its watermark, again and again, and at the end."""

    client: Client
    said: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    async def run(self, stopping: asyncio.Event) -> None:
        """Read until told to stop; ask an earlier time again at each round."""
        while not stopping.is_set():
            if (at := await self.complete()) is not None:
                await self._hold(at.isoformat())
                await self._hold(self.client.dice.choice(list(self.said) or [""]))
            await held(READ_SECONDS, stopping)

    async def complete(self) -> datetime | None:
        """Return how far the ledger says that it is complete."""
        answer = await self.client.get(AUDITOR, "reporting", LEDGER)
        if answer is None or answer.status_code != GOOD:
            return None
        said = answer.json().get("complete_up_to")
        return datetime.fromisoformat(said) if said else None

    async def all_again(self) -> None:
        """Ask for every time once more."""
        for at in list(self.said):
            await self._hold(at)

    async def _hold(self, at: str) -> None:
        if not at:
            return
        path = f"{LEDGER}&as_of={quote(at)}"
        answer = await self.client.get(AUDITOR, "reporting", path)
        if answer is None or answer.status_code != GOOD:
            return
        told = {k: v for k, v in answer.json().items() if k not in MOVING}
        digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        if self.said.setdefault(at, digest) != digest and at not in self.changed:
            self.changed.append(at)
