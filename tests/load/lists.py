"""Lists of 100,000 cases: what each page costs, and the whole of it as a file."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx

from libs import ids
from libs.events.event import Actor
from libs.web.cursor import Cursors, listing
from services.reporting.console.routes.ledger import PATH, filters_of
from services.reporting.console.visit import moment
from services.reporting.reading.asking import Asking, statement
from services.reporting.reading.ledger import VIEWS, chosen_by
from services.reporting.reading.ledger_statements import FITS
from services.reporting.reading.listed import VISIBLE
from tests.end_to_end.whole import Whole
from tests.load.consoling import (
    browsers,
    counting,
    door_key,
    forget_peak,
    peak,
    signed_in,
)
from tests.load.driving import level
from tests.load.growing import Grown, grow
from tests.load.overload import say

WHO, WHOSE = "au-01", Actor(ids.named("anybody"), "auditor", "AU")
PER_PAGE, LOOKS = 50, 5
WANTED = (1, 100, 1000)
ALLOWED_BYTES = 200_000_000
FILES = ("xlsx", "csv")
OF = f"FROM {{case_file}} f WHERE {VISIBLE} AND {FITS}"
MARK = statement(f"""
SELECT f.opened_at, f.case_id {OF}
ORDER BY f.opened_at DESC, f.case_id DESC OFFSET $19 LIMIT 1""")
COUNT = statement(f"SELECT count(*) {OF}")


@dataclass(frozen=True)
class Desk:
    """An auditor's browser before the grown ledger."""

    whole: Whole
    client: httpx.AsyncClient
    pool: asyncpg.Pool
    grown: Grown

    async def chosen(self, query: Mapping[str, str]) -> tuple[Asking, Sequence[Any]]:
        """Return a list's filters as its statements take them."""
        as_of = moment(query["as_of"]) if "as_of" in query else None
        asking = Asking(WHOSE, as_of)
        async with self.pool.acquire() as connection:
            filters, now = filters_of(query), datetime.now(UTC)
            return asking, await chosen_by(connection, asking, filters, now)

    async def address(self, query: Mapping[str, str], page: int) -> str:
        """Return the address of a page, as whoever turned the pages would have it."""
        said = dict(query)
        if page > 1:
            asking, chosen = await self.chosen(query)
            text, behind = MARK.at(asking.as_of), (page - 1) * PER_PAGE - 1
            mark = await self.pool.fetchrow(text, *chosen, behind)
            listed = {**filters_of(query).marks(), "as_of": query.get("as_of")}
            where = (mark["opened_at"].isoformat(), str(mark["case_id"]))
            cursors = Cursors(door_key(self.whole))
            said["cursor"] = cursors.seal(listing(PATH, listed), where)
        return f"{PATH}?{urlencode(said)}"


async def lists(whole: Whole, cases: int) -> bool:
    """Grow the ledger, turn its pages, take it away; say whether memory stayed flat."""
    began = time.monotonic()
    grown = await grow(whole.settings.owner_dsn("reporting"), cases, VIEWS)
    say(f"{grown.cases:,} cases in {time.monotonic() - began:.0f} s")
    await level(whole)
    async with browsers(whole) as client, whole.database("reporting") as pool:
        client.headers.update(await signed_in(whole, pool, WHO))
        desk = Desk(whole, client, pool, grown)
        for name, query in _asked(grown).items():
            await _pages(desk, name, query)
        return all([await _taken(desk, kind) for kind in FILES])


def _asked(grown: Grown) -> Mapping[str, Mapping[str, str]]:
    middle = grown.middle.strftime("%Y-%m-%dT%H:%M")
    return {
        "all": {},
        "of one unit": {"unit": "LM"},
        "open": {"state": "open"},
        "of one employer": {"employer": "演示07号"},
        "still owed": {"unpaid": "true"},
        "by its number": {"number": "no-such-number"},
        "as of T": {"as_of": middle},
        "open, as of T": {"state": "open", "as_of": middle},
    }


async def _pages(desk: Desk, name: str, query: Mapping[str, str]) -> None:
    asking, chosen = await desk.chosen(query)
    many = int(await desk.pool.fetchval(COUNT.at(asking.as_of), *chosen))
    last = max(1, -(-many // PER_PAGE))
    say(f"{name}: {many:,} cases, {last:,} pages")
    for page in sorted({one for one in WANTED if one < last} | {last}):
        await _page(desk, page, await desk.address(query, page))


async def _page(desk: Desk, page: int, address: str) -> None:
    times = []
    with counting(desk.whole) as spent:
        for _ in range(LOOKS):
            began = time.perf_counter()
            answer = await desk.client.get(address)
            times.append(time.perf_counter() - began)
            answer.raise_for_status()
    told = spent.each(LOOKS, "reporting", "postgres")
    say(
        f"  page {page:>6,}: p50 {1000 * sorted(times)[LOOKS // 2]:7.1f} ms  CPU {told}"
    )


async def _taken(desk: Desk, kind: str) -> bool:
    """Take the whole ledger away as a file; say whether memory stayed flat."""
    pid = desk.whole.pid("reporting")
    before, began, size, first = forget_peak(pid), time.perf_counter(), 0, 0.0
    with counting(desk.whole) as spent:
        async with desk.client.stream("GET", f"{PATH}.{kind}") as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                first = first or time.perf_counter() - began
                size += len(piece)
    seconds, most = time.perf_counter() - began, peak(pid)
    say(
        f"{kind}: {size / 1e6:.1f} MB in {seconds:.1f} s, first byte {first:.1f} s"
        f"  CPU {spent.each(1, 'reporting', 'postgres')} ms"
        f"  memory {before / 1e6:.0f} → at most {most / 1e6:.0f} MB"
    )
    return most < ALLOWED_BYTES
