"""The console put together: its pages under one prefix, and its static files."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from libs.service.parts import Running
from libs.web.problems import Problem
from services.reporting.console import sign_in
from services.reporting.console.render import PageRoute, see
from services.reporting.console.routes import (
    acting,
    advice,
    bulk,
    calendars,
    cases,
    catalogue,
    channels,
    choosing,
    comparing,
    correcting,
    duplicates,
    early_warnings,
    erasing,
    evidence,
    finding,
    importing,
    incidents,
    ledger,
    messages,
    notice_boards,
    operating,
    owner_rules,
    patrols,
    person_reads,
    publicity,
    registering,
    responsibility,
    risk_rules,
    risks,
    rosters,
    signals,
    statistics,
    supervision,
    tasks,
    today,
    transfer_flow,
    workbench,
)

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
DAY_SECONDS = 86_400
WORKER = {
    "Service-Worker-Allowed": "/console/patrols",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
}
"""A script that works in the background has these rights of its own, not a page's."""


def routers(running: Running) -> Sequence[APIRouter]:
    """Return every page of the console."""
    pages = APIRouter(
        prefix="/console",
        route_class=PageRoute,
        default_response_class=HTMLResponse,
        include_in_schema=False,
    )
    for routes in (
        today, bulk, finding, cases, acting, advice, duplicates, evidence, registering,
        ledger, comparing, channels, signals, rosters, risks, early_warnings,
        incidents, supervision, messages, patrols, notice_boards, tasks, publicity,
        responsibility, statistics, calendars, owner_rules, risk_rules, importing,
        workbench, transfer_flow, person_reads, correcting, choosing,
        erasing, operating,
    ):  # fmt: skip
        routes.add_routes(pages)
    return [_outside(), catalogue.routes(), sign_in.routes(running), pages]


def _outside() -> APIRouter:
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    async def start(_: Request) -> Response:
        return see("/console")

    @router.get("/console/static/{name}", response_class=StaticFile)
    async def static(name: str) -> Response:
        path = STATIC / name
        kind = TYPES.get(path.suffix)
        if kind is None or path.parent != STATIC or not path.is_file():
            raise Problem("not-found")
        headers = {"Cache-Control": f"public, max-age={DAY_SECONDS}"}
        if path.suffix == ".js":
            headers |= WORKER
        return Response(path.read_bytes(), media_type=kind, headers=headers)

    return router


class StaticFile(Response):
    """A style sheet, script or picture of the console."""

    media_type = "text/css"
