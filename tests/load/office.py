"""An office at work: pages that arrive by a Poisson clock, at rates that rise.

Arrivals wait for nobody, as people do not: an answer that is late makes no later
question. So a rate that cannot be held shows as times that grow, not as fewer pages.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid4

import httpx

from libs.web.worker_tokens import WorkerKey, mint_worker_token
from services.intake.pages.tracking import COOKIE as WORKER_COOKIE
from tests.bench.complaints import BODY
from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.test_rebuild import CAMPAIGN
from tests.end_to_end.whole import Act, Whole
from tests.load.consoling import PARTS, Spent, browsers, counting, key_of, signed_in
from tests.load.driving import Tally, level, pause
from tests.load.growing import grow
from tests.load.overload import say

OFFICERS, WORKERS = 300, 3_000
OFFICER_THINKS, WORKER_THINKS = 30.0, 120.0
"""Seconds between two pages of one person: an officer reads and telephones, a worker
looks again while the page is open."""
RATE = OFFICERS / OFFICER_THINKS + WORKERS / WORKER_THINKS
"""Pages a second of all of them at once: 10 of the officers and 25 of the workers."""
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5)
REAL = 40
"""Complaints that came by the door: a worker's page and an act's form need them."""
DESKS = ("li-01", "lm-01", "do-01", "po-01", "lc-01", "db-01", "r1-01", "au-01")
MOST_MS = 500.0
ALONE = 20
"""Times that each page is asked alone, to see what it costs."""
OF_OFFICER = {
    "today": 28,
    "case": 30,
    "ledger": 14,
    "find": 8,
    "act form": 10,
    "week": 10,
}
OF_WORKER = {"track": 90, "front": 7, "filing": 3}
SOME_CASES = """
SELECT f.case_id, k.receipt FROM case_file f JOIN clue k ON k.case_id = f.case_id
WHERE f.unit = $1 AND k.receipt IS NOT NULL ORDER BY f.case_id LIMIT 200"""


@dataclass(frozen=True)
class Asked:
    """One page that somebody asks for."""

    name: str
    service: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


@dataclass
class Town:
    """Officers and workers, and what they ask."""

    clients: dict[str, httpx.AsyncClient]
    desks: dict[str, dict[str, str]]
    cases: Mapping[str, Sequence[tuple[UUID, str]]]
    real: Sequence[Carried]
    worker_key: WorkerKey
    dice: Random = field(default_factory=lambda: Random(7))

    def next(self) -> Asked:
        """Return what is asked next, by whom it may be."""
        if self.dice.random() * RATE < OFFICERS / OFFICER_THINKS:
            return self.officer(_drawn(self.dice, OF_OFFICER))
        return self.worker(_drawn(self.dice, OF_WORKER))

    def officer(self, name: str) -> Asked:
        """Return a page that an officer asks for."""
        who = self.dice.choice(DESKS) if name != "act form" else "li-01"
        case_id, receipt = self.dice.choice(self.cases[who])
        real = self.dice.choice(self.real)
        path = {
            "today": "/console",
            "case": f"/console/cases/{case_id}",
            "ledger": "/console/ledger",
            "find": f"/console/find?number={receipt[-5:]}",
            "act form": f"/console/cases/{real.case_id}/acts/ProposeTransfer",
            "week": "/console/weeks/1",
        }[name]
        return Asked(name, "reporting", path, self.desks[who])

    def worker(self, name: str) -> Asked:
        """Return what a worker asks for."""
        if name == "filing":
            headers = {
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid4()),
            }
            return Asked(name, "intake", "/v1/complaints", headers, BODY)
        if name == "front":
            return Asked(name, "intake", "/", {})
        claim = self.dice.choice(self.real).claim_id
        token = mint_worker_token(self.worker_key, "claim", claim).token
        return Asked(name, "intake", "/track", {"Cookie": f"{WORKER_COOKIE}={token}"})


def _drawn(dice: Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


async def office(whole: Whole, cases: int, seconds: float) -> bool:
    """Raise the rate until p99 passes half a second; say where that was."""
    say(
        f"{OFFICERS} officers, a page every {OFFICER_THINKS:.0f} s each, and"
        f" {WORKERS:,} workers, one every {WORKER_THINKS:.0f} s: {RATE:.0f} pages/s"
    )
    async with browsers(whole) as console, browsers(whole, "intake") as door:
        town = await _town(whole, cases, {"reporting": console, "intake": door})
        await _at(town, RATE * SHARES[0], 5)
        await _costs(whole, town)
        held = 0.0
        for share in SHARES:
            rate = RATE * share
            if not await _measured(whole, town, rate, seconds):
                say(f"not held: {rate:.1f} pages/s with p99 below {MOST_MS:.0f} ms")
                break
            held = share
            await level(whole)
    say(f"held: {held * RATE:.1f} pages/s, {held:.2f} of the office and its workers")
    return held > 0


async def _costs(whole: Whole, town: Town) -> None:
    """Ask each page alone, and say what CPU it costs whom: no wait is in it."""
    asks = [(name, town.officer) for name in OF_OFFICER]
    asks += [(name, town.worker) for name in OF_WORKER]
    for name, ask in asks:
        tally = Tally()
        with counting(whole) as spent:
            for _ in range(ALONE):
                await _ask(town, ask(name), tally, time.monotonic())
            await level(whole)
        say(f"  {name:<9} CPU ms {spent.each(ALONE, *PARTS)}")


async def _town(
    whole: Whole, cases: int, clients: dict[str, httpx.AsyncClient]
) -> Town:
    grown = await grow(whole.settings.owner_dsn("reporting"), cases)
    act = Act("lg-01", "reporting", "/v1/campaigns", CAMPAIGN, on_something=False)
    await whole.do(act)
    real = [await complain(whole) for _ in range(REAL)]
    await level(whole)
    say(f"{grown.cases:,} cases, {len(real)} of them more by the door")
    async with whole.database("reporting") as pool:
        desks = {who: await signed_in(whole, pool, who) for who in DESKS}
        known = {}
        for who in DESKS:
            unit = who[:2].upper()
            asked = unit if unit in {"LI", "LM", "DO", "PO", "R1"} else "LI"
            rows = await pool.fetch(SOME_CASES, asked)
            known[who] = [(row["case_id"], row["receipt"]) for row in rows]
    key = WorkerKey(key_of(whole, "intake", "QINGXIN_WORKER_KEY"))
    return Town(clients, desks, known, real, key)


@dataclass
class Heard:
    """What came back, by page."""

    by_page: dict[str, Tally] = field(default_factory=dict)

    def of(self, name: str) -> Tally:
        """Return one page's tally."""
        return self.by_page.setdefault(name, Tally())

    def all(self) -> Tally:
        """Return the tally of all pages."""
        whole = Tally()
        for one in self.by_page.values():
            whole.accepted += one.accepted
            whole.sent += one.sent
            whole.wrong += one.wrong
        return whole


async def _measured(whole: Whole, town: Town, rate: float, seconds: float) -> bool:
    with counting(whole) as spent:
        heard = await _at(town, rate, seconds)
    every = heard.all()
    say(f"{rate:.1f} pages/s for {seconds:.0f} s:")
    for name, tally in (*sorted(heard.by_page.items()), ("all", every)):
        say(f"  {name:<9}{_times(tally)}  wrong {dict(tally.wrong) or 'none'}")
    say(f"  CPU of a core: {_cores(spent, seconds)}")
    return every.quantile(0.99) * 1000 <= MOST_MS and not every.wrong


def _times(tally: Tally) -> str:
    half, most, worst = (1000 * tally.quantile(q) for q in (0.5, 0.95, 0.99))
    return (
        f" {tally.sent:>5} asked  p50 {half:6.0f}  p95 {most:6.0f}  p99 {worst:6.0f} ms"
    )


def _cores(spent: Spent, seconds: float) -> str:
    return "  ".join(f"{n} {100 * spent.by_part[n] / seconds:.0f} %" for n in PARTS)


async def _at(town: Town, rate: float, seconds: float) -> Heard:
    """Ask so often a second for so long, by a Poisson clock; return what came back."""
    heard, began, at = Heard(), time.monotonic(), 0.0
    async with asyncio.TaskGroup() as group:
        while (at := at + town.dice.expovariate(rate)) < seconds:
            ahead = began + at - time.monotonic()
            if ahead > 0:
                await pause(ahead)
            asked = town.next()
            heard.of(asked.name).sent += 1
            # Counted from when it was due: what the driver itself is late by, too.
            group.create_task(_ask(town, asked, heard.of(asked.name), began + at))
    return heard


async def _ask(town: Town, asked: Asked, tally: Tally, due: float) -> None:
    client = town.clients[asked.service]
    method = "GET" if asked.body is None else "POST"
    try:
        answer = await client.request(
            method, asked.path, headers=asked.headers, content=asked.body
        )
    except httpx.HTTPError as error:
        tally.wrong += Counter([type(error).__name__])
        return
    if answer.is_success:
        tally.accepted.append(time.monotonic() - due)
    else:
        tally.wrong += Counter([f"{asked.name} {answer.status_code}"])
