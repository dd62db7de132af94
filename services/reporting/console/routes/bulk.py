"""Bulk: ticked cases, a page to confirm, and a result for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web import permissions
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.reporting.console import answers
from services.reporting.console.acts import ActForm
from services.reporting.console.bulk import (
    carried_out,
    form_of,
    items,
    key_of,
    picked,
)
from services.reporting.console.deed import new_key, place_of
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.render import page
from services.reporting.console.routes.acting import INVALID, Shown, the_case
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.asking import Asking
from services.reporting.reading.listed import Line
from services.reporting.reading.queue import lines_of

DECIDE = frozenset({Power.DECIDE})
PLACES = {"today": "/console", "transfers": "/console/transfers"}


@dataclass(frozen=True)
class Asked:
    """A bulk as a form says it: the act, its fields, and the cases that are visible."""

    act: str
    form: ActForm
    lines: list[Line]
    typed: Typed
    key: UUID

    @property
    def back(self) -> str:
        """Return the page that the cases were ticked on."""
        return PLACES.get(self.typed.one("back"), PLACES["today"])


def add_routes(router: APIRouter) -> None:
    """Add the page to confirm, and the sending."""

    @router.post("/bulk")
    async def confirm(request: Request, visit: Visiting) -> Response:
        asked = await _asked(request, visit)
        return await _to_confirm(visit, asked, {})

    @router.post("/bulk/results")
    async def send(request: Request, visit: Visiting) -> Response:
        asked = await _asked(request, visit)
        held = await the_case(visit, asked.lines[0].case_id)
        body = answers.read(asked.form, asked.typed, held, None)
        if body.wrong:
            return await _to_confirm(visit, asked, body.wrong)
        told = [
            (line, tag, key_of(asked.key, line.case_id))
            for line in asked.lines
            if (tag := asked.typed.one(f"tag.{line.case_id}"))
        ]
        results = await carried_out(visit, asked.form, told, body.said)
        done = [one for one in results if one.done]
        left = [one for one in results if not one.done]
        values = {
            "asked": asked,
            "results": results,
            "left": left,
            "done": len(done),
            "seen": place_of(done[-1].body) if done else "",
            "again": new_key(),
        }
        # Of some that were done and some that were not, each line says what it is.
        status = left[0].status if left and not done else 200
        return page(visit, "bulk_results.html", values, status)


async def _asked(request: Request, visit: Visit) -> Asked:
    visit.require("ReadCases")
    typed = await checked_form(request, visit.session)
    act = typed.one("act")
    form = form_of(act)
    permissions.require(visit.caller, act, DECIDE)
    cases = picked(typed)
    asking = Asking(visit.caller.actor)
    found = await lines_of(visit.running, asking, cases)
    lines = [found[one] for one in cases if one in found]
    if not lines:
        raise Problem("not-found")
    return Asked(act, form, lines, typed, _key(typed))


def _key(typed: Typed) -> UUID:
    try:
        return UUID(typed.one("key"))
    except ValueError:
        return uuid4()


async def _to_confirm(visit: Visit, asked: Asked, wrong: Mapping[str, str]) -> Response:
    """Show what is about to be done; versions are those of when it was first shown."""
    told = {name: visit.words(f"wrong.{code}") for name, code in wrong.items()}
    status = INVALID if wrong else 200
    shown = Shown(str(asked.key), None, asked.typed, told, status=status)
    values = {
        "asked": asked,
        "items": await items(visit, asked.form, asked.lines),
        "shown": shown,
    }
    return page(visit, "bulk.html", values, status)
