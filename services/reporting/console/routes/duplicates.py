"""Likely duplicates: the work list, and two clues side by side with what is decided."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.ids import case_id as case_of
from libs.web.problems import Problem
from services.reporting.console.deed import new_key, place_of
from services.reporting.console.doors import DOWN, Call, call
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.meanwhile import CHANGED, meanwhile
from services.reporting.console.registers import Sheet, answered, blank, why
from services.reporting.console.render import page, see
from services.reporting.console.routes.acting import case_answer, the_case
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.asking import Answer
from services.reporting.reading.case_page import CasePage
from services.reporting.reading.pairs import clues, own_claims
from services.reporting.reading.search import case_of_number

LINKS = "/v1/clues/{clue_id}/links"
LIKELY = "/v1/clues/{clue_id}/likely/{of_clue_id}"
DOORS = {"link": "duplicate", "distinct": "distinct"}
PAIR = "/duplicates/{clue_id}/{of_clue_id}"


def add_routes(router: APIRouter) -> None:
    """Add the work list, the way from a case to another number, and the pair's page."""
    _listing(router)

    @router.get(PAIR)
    async def pair(visit: Visiting, clue_id: UUID, of_clue_id: UUID) -> Response:
        visit.require("LinkDuplicate")
        return await _pair(visit, (clue_id, of_clue_id), blank())

    @router.post(PAIR)
    async def send(
        request: Request, visit: Visiting, clue_id: UUID, of_clue_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, "LinkDuplicate")
        return await _sent(visit, (clue_id, of_clue_id), typed)


def _listing(router: APIRouter) -> None:
    @router.get("/duplicates")
    async def listed(visit: Visiting) -> Response:
        visit.require("LinkDuplicate")
        answer = await call(visit, Call("intake", "GET", "/v1/duplicates"))
        items = answer.body.get("items", []) if answer.done else []
        ids = {UUID(one[name]) for one in items for name in ("clue_id", "of_clue_id")}
        found = await clues(visit.running, ids)
        pairs = [
            (found[UUID(one["clue_id"])], found[UUID(one["of_clue_id"])], one)
            for one in items
            if UUID(one["clue_id"]) in found and UUID(one["of_clue_id"]) in found
        ]
        refusal = None if answer.done else why(visit, answer.body)
        values = {"pairs": pairs, "refusal": refusal}
        return page(visit, "duplicates.html", values)

    @router.get("/cases/{case_id}/compare")
    async def other(visit: Visiting, case_id: UUID, number: str = "") -> Response:
        visit.require("LinkDuplicate")
        own = await the_case(visit, case_id)
        found = await case_of_number(visit.running, number) if number else None
        if found is None or own.clue is None:
            raise Problem("not-found")
        there = await the_case(visit, found)
        if there.clue is None:
            raise Problem("not-found")
        return see(f"/console/duplicates/{own.clue.clue_id}/{there.clue.clue_id}")


async def _sent(visit: Visit, ids: tuple[UUID, UUID], typed: Typed) -> Response:
    act = typed.one("act")
    if act not in DOORS:
        raise Problem("not-found")
    body: dict[str, Any] = {"of_clue_id": str(ids[1])}
    if act == "link":
        body["workers"] = _workers(typed)
    key = typed.one("key") or new_key()
    headers = {"If-Match": typed.one("tag"), "Idempotency-Key": key}
    path = f"/v1/clues/{ids[0]}/{DOORS[act]}"
    route = f"/v1/clues/{{clue_id}}/{DOORS[act]}"
    answer = await call(
        visit, Call("intake", "POST", path, route, json=body, headers=headers)
    )
    if not answer.done:
        changed = await meanwhile(visit, typed) if answer.status in CHANGED else ()
        return await _pair(visit, ids, answered(visit, typed, answer, changed))
    if act == "distinct":
        return see("/console/duplicates")
    query = urlencode({"seen": place_of(answer.body), "done": "LinkDuplicate"})
    return see(f"/console/cases/{case_of(ids[1])}?{query}")


def _workers(typed: Typed) -> list[dict[str, int]]:
    """Return which worker is which: what was left out counts by itself."""
    places = range(1, len(typed.many("same")) + 1)
    said = zip(places, typed.many("same"), strict=True)
    return [{"ordinal": n, "of_ordinal": int(to)} for n, to in said if to.isdigit()]


async def _pair(visit: Visit, pair: tuple[UUID, UUID], sheet: Sheet) -> Response:
    sides = [await _side(visit, one) for one in pair]
    ids = {"clue_id": str(pair[0]), "of_clue_id": str(pair[1])}
    state = await call(visit, Call("intake", "GET", LINKS.format(**ids), LINKS))
    likely = await call(visit, Call("intake", "GET", LIKELY.format(**ids), LIKELY))
    if DOWN in {state.status, likely.status} and not sheet.refusal:
        sheet = replace(sheet, refusal=visit.words("wrong.service-down"))
    same = {one["ordinal"]: one["of_ordinal"] for one in likely.body.get("workers", ())}
    values = {
        "answer": sides[0][0],
        "sides": [(one.found, claims) for one, claims in sides],
        "likely": likely.body if likely.done else None,
        "same": same,
        "state": state,
        "sheet": sheet,
    }
    return page(visit, "duplicate.html", values, sheet.status)


async def _side(visit: Visit, clue_id: UUID) -> tuple[Answer[CasePage], list[Any]]:
    answer = await case_answer(visit, case_of(clue_id))
    if answer.found.clue is None:
        raise Problem("not-found")
    return answer, own_claims(answer.found, clue_id)
