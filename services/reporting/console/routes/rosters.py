"""Roster checks 花名册核查: what an inspector looks into before verifying a name."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.reporting.console.doors import Call, call
from services.reporting.console.render import page
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.rosters import RosterCheck, roster_checks

PHONES = "/v1/rosters/shared-phones"


def add_routes(router: APIRouter) -> None:
    """Add the list of rosters that show a sign."""

    @router.get("/rosters")
    async def checks(visit: Visiting) -> Response:
        visit.require("CheckRosters")
        answer = await roster_checks(visit.running, visit.asking, every=True)
        phones, refusal = await _phones(visit, list(answer.found))
        listed = [
            (one, phones.get(one.clue_id, []))
            for one in answer.found
            if one.share or phones.get(one.clue_id)
        ]
        values = {"answer": answer, "listed": listed, "refusal": refusal}
        return page(visit, "rosters.html", values)


async def _phones(
    visit: Visit, found: list[RosterCheck]
) -> tuple[dict[UUID, list[int]], str | None]:
    """Ask intake which clues give one telephone for several names: how many each."""
    clues = sorted({str(one.clue_id) for one in found})
    if not clues:
        return {}, None
    query = urlencode([("clue_id", one) for one in clues])
    answer = await call(visit, Call("intake", "GET", f"{PHONES}?{query}", PHONES))
    if not answer.done:
        said = answer.body.get("detail") or visit.words("wrong.service-down")
        return {}, str(said)
    shared: dict[UUID, list[int]] = {}
    for item in answer.body.get("items", ()):
        shared.setdefault(UUID(item["clue_id"]), []).append(item["workers"])
    return shared, None
