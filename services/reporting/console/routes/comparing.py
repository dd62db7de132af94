"""Comparing two dates: the ledger and a week, as known at one time and at another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.compare_sheet import (
    changes,
    ledger_sheet,
    week_sheet,
    why,
)
from services.reporting.console.render import page
from services.reporting.console.routes.ledger import filters_of
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting, moment
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.asking import Answer, completed, reading
from services.reporting.reading.comparing import SUMS, Pair, compared
from services.reporting.reading.ledger import VIEWS, Filters
from services.reporting.reading.weeks_compared import (
    Wanted,
    WeeksCompared,
    weeks_compared,
)

WEEK = timedelta(days=7)
UNREADABLE = 422
MOST_SHOWN = 200
"""Rows of each kind on the page; the sheet has all of them."""


@dataclass(frozen=True)
class Times:
    """The two times of an address, and the key of what is wrong with them."""

    pair: Pair | None = None
    wrong: str | None = None

    def against(self, complete_up_to: datetime | None) -> "Times":
        """Return the times held to what is complete: a later one is refused."""
        if self.pair is None or self.wrong:
            return self
        if complete_up_to is None or self.pair.now > complete_up_to:
            return Times(self.pair, "compare.too-late")
        return self

    @property
    def status(self) -> int:
        return UNREADABLE if self.wrong else 200


def add_routes(router: APIRouter) -> None:
    """Add the ledger and a week at two times, each with its sheet."""

    @router.get("/ledger/compare")
    async def ledger_twice(request: Request, visit: Visiting) -> Response:
        filters, times = _ledger_asked(request, visit)
        values, times = await _ledger(visit, filters, times)
        return page(visit, "compare.html", values, times.status)

    @router.get("/ledger/compare.xlsx", response_class=Xlsx)
    async def ledger_taken(request: Request, visit: Visiting) -> Response:
        filters, times = _ledger_asked(request, visit)
        values, times = await _ledger(visit, filters, times)
        if values["found"] is None:
            return page(visit, "compare.html", values, UNREADABLE)
        return ledger_sheet(visit, values["found"], filters)

    @router.get("/weeks/{number}/compare")
    async def week_twice(request: Request, visit: Visiting, number: int) -> Response:
        values, times = await _week(request, visit, number)
        return page(visit, "week_compare.html", values, times.status)

    @router.get("/weeks/{number}/compare.xlsx", response_class=Xlsx)
    async def week_taken(request: Request, visit: Visiting, number: int) -> Response:
        values, _ = await _week(request, visit, number)
        if values["found"].figures is None:
            return page(visit, "week_compare.html", values, UNREADABLE)
        return week_sheet(visit, values["found"], values["times"].pair)


def _ledger_asked(request: Request, visit: Visit) -> tuple[Filters, Times]:
    visit.require("ReadLedger")
    visit.require("AsOf")
    return filters_of(request.query_params), times_of(request.query_params)


def times_of(query: Mapping[str, str]) -> Times:
    """Return the two times that an address says; raises 422 for one that is none."""
    said = [query.get(name, "").strip() for name in ("t1", "t2")]
    if not any(said):
        return Times()
    if not all(said):
        return Times(wrong="compare.both")
    then, now = moment(said[0], "t1"), moment(said[1], "t2")
    pair = Pair(then, now)
    return Times(pair, None if then < now else "compare.order")


async def _ledger(
    visit: Visit, filters: Filters, times: Times
) -> tuple[dict[str, Any], Times]:
    async with reading(visit.running) as connection:
        of = await completed(visit.running, connection, VIEWS)
    times = times.against(of.complete_up_to)
    answer: Answer[Any] = Answer(None, of)
    if times.pair and not times.wrong:
        answer = await compared(visit.running, visit.asking, filters, times.pair)
    values = {
        **_form(visit, answer, times),
        "found": answer.found,
        "filters": filters,
        "sums_shown": SUMS,
        "why": partial(why, visit),
        "changes": changes,
        "most": MOST_SHOWN,
    }
    return values, times


async def _week(
    request: Request, visit: Visit, number: int
) -> tuple[dict[str, Any], Times]:
    visit.require("ReadStatistics")
    visit.require("AsOf")
    query = request.query_params
    column = "total" if query.get("column") == "total" else "new"
    wanted = Wanted(number, column, query.get("unit") or None)
    times = times_of(query)
    asked = None if times.wrong else times.pair
    answer = await weeks_compared(visit.running, visit.asking, wanted, asked)
    if answer is None:
        raise Problem("not-found")
    times = times.against(answer.of.complete_up_to)
    found: WeeksCompared = answer.found
    values = {
        **_form(visit, answer, times, "unit"),
        "found": found,
        "wanted": wanted,
        "indicators": BY_ID,
    }
    return values, times


def _form(visit: Visit, answer: Answer[Any], times: Times, *own: str) -> dict[str, Any]:
    """Return what the two fields begin with: a week up to what is complete.

    `own` are parameters that the page's form has fields of its own for.
    """
    query, end = visit.request.query_params, answer.of.complete_up_to
    kept = {k: v for k, v in query.items() if v and k not in {*LEFT_OUT, *own}}
    return {
        "answer": answer,
        "times": times,
        "kept": kept,
        "end": end,
        "start": end - WEEK if end else None,
    }


LEFT_OUT = frozenset({"t1", "t2", "lang", "seen", "cursor"})
