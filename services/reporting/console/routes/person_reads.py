"""Readings of persons' data 个人信息查看记录: the auditor's list, by unit and kind."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from libs.web.problems import Problem
from services.reporting.console.render import page
from services.reporting.console.visit import Visiting
from services.reporting.reading.person_reads import KINDS, Filters, person_reads

REASONS = {
    "PersonDataCorrected": "correction-reason",
    "PersonDataErased": "erasure-reason",
}
"""By which words an act's reason is said; a reading's are its own."""


def add_routes(router: APIRouter) -> None:
    """Add the list."""

    @router.get("/person-reads")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("ReadPersonReads")
        said = {k: v for k, v in request.query_params.items() if v}
        try:
            filters = Filters.model_validate(said)
        except ValidationError:
            raise Problem("invalid") from None
        answer = await person_reads(visit.running, visit.asking, filters)
        values = {
            "answer": answer,
            "found": answer.found,
            "filters": filters,
            "kinds": KINDS,
            "reasons": REASONS,
        }
        return page(visit, "person_reads.html", values)
