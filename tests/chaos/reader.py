"""A reader: what was said as known at T, T not after the watermark, stays said."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from libs.calendar.local_days import day_of
from tests.answer_parts import differing, parts_of
from tests.chaos.broken import Broken
from tests.chaos.client import Client
from tests.chaos.figures import ALL, ASKED, REGISTERED, RUNNING
from tests.chaos.holding import held

LEDGER = "/v1/ledger?source=all&limit=500"
WEEK = "/v1/statistics/weeks/{}"
FACTS = "/v1/figures/{}/facts"
AUDITOR = "au-01"
GOOD = 200
READ_SECONDS = 3.0
"""Between two rounds: a page of 500 lines is a good part of a core each."""
WEEK_ROUNDS = 8
"""A week's table is every figure: it is asked each so many rounds."""
ANSWER_SECONDS = 30.0
"""How long each question is repeated at the end, when nothing is struck any more."""
PAUSE_SECONDS = 0.5
LONG = 2000


@dataclass
class Reader:
    """Asks pages as known at the watermark, again and again, and at the end.

    By address, time included: `said` are an answer's parts, the long ones as digests,
    `changed` those that became others; `unread` are those not answered at the end.
    """

    client: Client
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    patience: float = ANSWER_SECONDS

    async def run(self, stopping: asyncio.Event) -> None:
        """Read until told to stop; ask an earlier time again at each round."""
        rounds = 0
        while not stopping.is_set():
            if (at := await self.complete()) is not None:
                for path in self._pages(rounds):
                    await self.hold(path, at)
                if self.said:
                    await self._compare(self.client.dice.choice(list(self.said)))
                rounds += 1
            await held(READ_SECONDS, stopping)

    def _pages(self, rounds: int) -> Iterator[str]:
        yield LEDGER
        ops = self.client.history.ops
        if kept := [op for op in ops if "case_id" in op.answer]:
            yield f"/v1/cases/{self.client.dice.choice(kept).answer['case_id']}"
        if rounds % WEEK_ROUNDS == 0:
            # The one that is being closed, if any is.
            closed = sum(op.kind == "close-week" for op in ops)
            yield WEEK.format(max(1, closed))
            yield FACTS.format(self.client.dice.choice(ASKED))

    async def complete(self) -> datetime | None:
        """Return how far the ledger says that it is complete."""
        said = await self._asked(LEDGER)
        return _time(said) if said is not None else None

    async def hold(self, path: str, at: datetime) -> None:
        """Ask as known at a time; hold the answer if it says that it is final."""
        address = f"{path}{'&' if '?' in path else '?'}as_of={quote(at.isoformat())}"
        said = await self._asked(address)
        if said is None or _time(said) != at or address in self.said:
            return
        self.client.history.note("held", address=address)
        self.said[address] = _parts(said)

    async def all_again(self) -> None:
        """Ask for all that is held once more, until each is answered."""
        for address in self.said:
            if not await self._compare(address, self.patience):
                self.unread.append(address)

    async def told(self) -> dict[str, int]:
        """Return what officers are told of some figures, of everything until now."""
        found: dict[str, int] = {}
        for name in ASKED:
            facts = await self._asked(FACTS.format(name), self.patience)
            found |= {name: facts["value"]} if facts is not None else {}
        week = await self._asked(WEEK.format(1))
        if week is None:
            return found
        number = _running(week)
        table = await self._asked(WEEK.format(number), self.patience)
        rows = {} if table is None else {one["id"]: one for one in table["figures"]}
        return found | {RUNNING: rows[REGISTERED]["total"].get(ALL, 0) if rows else -1}

    def broken(self) -> Iterator[Broken]:
        """Yield what changed or could not be read; nothing held is nothing checked."""
        if not self.said:
            yield Broken("unread", "no answer as known at a time was held")
        for address in self.unread:
            yield Broken("unread", f"{address}: no answer at the end")
        for address, parts in self.changed.items():
            yield Broken("changed", f"{', '.join(parts)} of {address}")

    async def _compare(self, address: str, patience: float = 0.0) -> bool:
        """Ask again; say whether there was an answer."""
        said = await self._asked(address, patience)
        if said is None:
            return False
        now, first = _parts(said), self.said[address]
        parts = differing(first, now)
        if parts and address not in self.changed:
            self.changed[address] = parts
            was, told = ({k: one.get(k) for k in parts} for one in (first, now))
            self.client.history.note("changed", address=address, first=was, now=told)
        return True

    async def _asked(self, path: str, patience: float = 0.0) -> dict[str, Any] | None:
        until = asyncio.get_running_loop().time() + patience
        while True:
            answer = await self.client.get(AUDITOR, "reporting", path)
            if answer is not None and answer.status_code == GOOD:
                said: dict[str, Any] = answer.json()
                return said
            if asyncio.get_running_loop().time() > until:
                return None
            await held(PAUSE_SECONDS)


def _time(said: dict[str, Any]) -> datetime | None:
    until = said.get("complete_up_to")
    return datetime.fromisoformat(until) if until else None


def _parts(said: dict[str, Any]) -> dict[str, str]:
    told = parts_of(said)
    return {
        part: text if len(text) < LONG else sha256(text.encode()).hexdigest()
        for part, text in told.items()
    }


def _running(table: dict[str, Any]) -> int:
    """Return the number of the campaign's week that runs as its table is asked."""
    today = day_of(datetime.fromisoformat(table["known_at"])).isoformat()
    weeks = table["campaign"]["weeks"]
    number: int = max(week["number"] for week in weeks if week["starts_on"] <= today)
    return number
