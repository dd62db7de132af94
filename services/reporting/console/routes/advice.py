"""The advice to print: where somebody goes whose matter is not wages (F-2.2.2b)."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.render import page
from services.reporting.console.routes.acting import the_case
from services.reporting.console.visit import Visiting
from services.reporting.reading.advice import advised


def add_routes(router: APIRouter) -> None:
    """Add the page that is printed and signed."""

    @router.get("/cases/{case_id}/advice")
    async def advice(visit: Visiting, case_id: UUID) -> Response:
        case = await the_case(visit, case_id)
        found = advised(case)
        if found is None:
            raise Problem("not-found")
        return page(visit, "advice.html", {"page": case, "advised": found})
