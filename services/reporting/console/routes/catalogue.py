"""The catalogue of events: a page for each, open to whoever reads our topics."""

from dataclasses import asdict

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from libs.events.catalogue.entries import Entry, entries
from libs.events.catalogue.headers import HEADERS
from libs.web.problems import Problem
from services.reporting.console.render import PageRoute, plain_page

JSON = "application/json"


class CatalogueJson(Response):
    """The catalogue for programs."""

    media_type = JSON


def routes() -> APIRouter:
    """Return the pages and their JSON twins; nobody signs in."""
    router = APIRouter(
        prefix="/catalogue",
        route_class=PageRoute,
        default_response_class=HTMLResponse,
        include_in_schema=False,
    )

    @router.get("")
    async def listed(request: Request) -> Response:
        values = {"entries": entries().values(), "headers": HEADERS}
        return plain_page(request, "catalogue.html", values)

    @router.get("/events.json", response_class=CatalogueJson)
    async def all_entries() -> Response:
        return CatalogueJson(orjson.dumps([_plain(e) for e in entries().values()]))

    @router.get("/{name}.json", response_class=CatalogueJson)
    async def one_entry(name: str) -> Response:
        return CatalogueJson(orjson.dumps(_plain(_known(name))))

    @router.get("/{name}")
    async def page_of(request: Request, name: str) -> Response:
        return plain_page(request, "catalogue_entry.html", {"entry": _known(name)})

    return router


def _known(name: str) -> Entry:
    found = entries().get(name)
    if found is None:
        raise Problem("not-found")
    return found


def _plain(entry: Entry) -> dict[str, object]:
    return asdict(entry)
