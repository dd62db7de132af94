"""Operator and auditor: health, flow, parked events, rebuilds, traces, verifying."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from libs.service.alarms import alarms, silent
from libs.web.permissions import ACT
from libs.web.problems import Problem
from services.reporting.completeness import SERVICES
from services.reporting.console.doors import Call, Called, call, ready
from services.reporting.console.render import page
from services.reporting.console.routes import ordering
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading import operating
from services.reporting.reading.case_page import case_page
from services.reporting.reading.search import case_of_number
from services.reporting.traces import query, timeline
from services.reporting.traces.picture import Picture
from services.reporting.views import DECLARED

STATE = "/operator/state"


def add_routes(router: APIRouter) -> None:
    """Add the operator's and the auditor's pages."""

    @router.get("/health")
    async def health(visit: Visiting) -> Response:
        visit.require("ReadHealth")
        values = {
            "states": await _states(visit),
            "applied": await operating.applied(visit.running),
        }
        return page(visit, "health.html", values)

    @router.get("/flow")
    async def flow(visit: Visiting) -> Response:
        visit.require("ReadHealth")
        values = {
            "flows": await operating.flows(visit.running),
            "spoken": await operating.spoken(visit.running),
            "services": SERVICES,
        }
        return page(visit, "flow.html", values)

    @router.get("/alarms")
    async def raised(visit: Visiting) -> Response:
        visit.require("ReadHealth")
        told = await _told(visit)
        found = [(name, one) for name, each in told.items() for one in each["alarms"]]
        values = {"told": told, "raised": found, "every": alarms().values()}
        return page(visit, "alarms.html", values)

    _repairs(router)
    _traces(router)
    ordering.add_routes(router)


def _repairs(router: APIRouter) -> None:
    @router.get("/parked")
    async def parked(visit: Visiting, done: str = "") -> Response:
        visit.require("HandleParked")
        answers = await _all(visit, "/operator/parked")
        rows = [row for one in answers.values() for row in one.body.get("parked", ())]
        values = {
            "parked": rows,
            "unseen": [name for name, one in answers.items() if not one.done],
            "services": SERVICES,
            "may_mend": visit.may("HandleParked", ACT),
            "done": done,
        }
        return page(visit, "parked.html", values)

    @router.get("/rebuilds")
    async def rebuilds(visit: Visiting, done: str = "") -> Response:
        visit.require("ReadHealth")
        values = {
            "builds": await operating.builds(visit.running),
            "views": [one.name for one in DECLARED],
            "services": SERVICES,
            "may_rebuild": visit.may("RebuildView", ACT),
            "may_resend": visit.may("ResendRecords", ACT),
            "done": done,
        }
        return page(visit, "rebuilds.html", values)

    @router.get("/verify")
    async def verify(visit: Visiting) -> Response:
        visit.require("Verify")
        seeing = visit.may("ReadHealth")
        states = await _states(visit) if seeing else {}
        return page(visit, "verify.html", {"states": states})


def _traces(router: APIRouter) -> None:
    @router.get("/traces")
    async def traces(visit: Visiting, number: str = "") -> Response:
        visit.require("EventTrail")
        case_id = await case_of_number(visit.running, number) if number else None
        if case_id is not None and not await _sees(visit, {case_id}):
            case_id = None
        picture = None
        if case_id is not None:
            picture = await query.story_of_case(visit.running.pool, case_id)
        found = [] if number else await _recent(visit)
        values = {"number": number, "case_id": case_id, "recent": found}
        return page(visit, "traces.html", {**values, **_drawn(visit, picture)})

    @router.get("/traces/{trace_id}")
    async def trace(visit: Visiting, trace_id: str) -> Response:
        visit.require("EventTrail")
        picture = await query.trace_picture(visit.running.pool, trace_id)
        cases = {one.case_id for one in picture.spans if one.case_id} if picture else ()
        if picture is None or not await _sees(visit, cases):
            raise Problem("not-found")
        values = {"number": "", "case_id": None, "recent": ()}
        return page(visit, "traces.html", {**values, **_drawn(visit, picture)})

    @router.get("/cases/{case_id}/trace")
    async def of_case(visit: Visiting, case_id: UUID) -> Response:
        visit.require("EventTrail")
        if not await _sees(visit, {case_id}):
            raise Problem("not-found")
        picture = await query.story_of_case(visit.running.pool, case_id)
        values = {"number": "", "case_id": case_id, "recent": ()}
        return page(visit, "traces.html", {**values, **_drawn(visit, picture)})


async def _sees(visit: Visit, cases: Collection[UUID]) -> bool:
    """Say whether the reader may see each of these cases, and that there are any.

    Who operates or watches over all follows a trace that is about none, too.
    """
    if visit.role == "operator" or (visit.asking.sees_all and not cases):
        return True
    found = [await case_page(visit.running, visit.asking, one) for one in cases]
    return bool(found) and None not in found


def _drawn(visit: Visit, picture: Picture | None) -> dict[str, object]:
    """Return a trace's picture as a page shows it; the drawing escapes its words."""
    if picture is None:
        return {"drawn": None}
    language = visit.language
    return {
        "drawn": {
            "title": timeline.title(picture, language),
            "svg": Markup(timeline.timeline(picture, language)),  # noqa: S704 -- escaped where it is drawn
            "table": Markup(timeline.table(picture, language)),  # noqa: S704 -- the same
        }
    }


async def _recent(visit: Visit) -> list[object]:
    if visit.role != "operator":
        return []
    wanted = query.Search(roots_only=True, limit=40)
    return [span for _, span in await query.search(visit.running.pool, wanted)]


async def _all(visit: Visit, path: str) -> dict[str, Called]:
    """Ask all services the same at once."""
    asked = [call(visit, Call(name, "GET", path)) for name in SERVICES]
    return dict(zip(SERVICES, await asyncio.gather(*asked), strict=True))


async def _told(visit: Visit) -> dict[str, Mapping[str, Any]]:
    """Ask all services for alarms and lags; one that is silent is an alarm."""
    mute = {"alarms": [silent().to_json()], "lags": {}}
    answers = await _all(visit, "/operator/alarms")
    return {name: one.body if one.done else mute for name, one in answers.items()}


async def _states(visit: Visit) -> dict[str, tuple[Called, Called]]:
    """Ask all services at once how they are."""
    asked = [Call(name, "GET", STATE) for name in SERVICES]
    states = await asyncio.gather(*(call(visit, one) for one in asked))
    probes = await asyncio.gather(*(ready(visit.running, name) for name in SERVICES))
    return dict(zip(SERVICES, zip(probes, states, strict=True), strict=True))
