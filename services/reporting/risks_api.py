"""Risk grades over HTTP: the list, one employer, and the rules."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict

from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.problems import Problem
from services.reporting.api import (
    SEEING,
    AsOf,
    IfNoneMatch,
    Timed,
    answered,
    asking,
    running,
)
from services.reporting.reading import risks
from services.reporting.reading.risks import employer_risk, risk_rules

router = APIRouter(tags=["reading"])


class RisksAsked(risks.Filters):
    """The filters of the list, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


@router.get("/v1/risks")
async def read_risks(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[RisksAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the graded employers that the caller may see, by grade, and the trend."""
    permissions.require(caller, "AssessRisk", SEEING)
    filters = risks.Filters(**asked.model_dump(include=set(risks.Filters.model_fields)))
    answer = await risks.risks(
        running(request), asking(caller, asked.as_of), filters, risks.MOST
    )
    found = answer.found
    said = {
        "items": [asdict(one) for one in found.lines],
        "counts": found.counts,
        "trend": [asdict(one) for one in found.trend],
    }
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/risks/{employer_id}")
async def read_risk(
    request: Request,
    employer_id: UUID,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return one employer's grade with each factor, its history and its cases."""
    permissions.require(caller, "AssessRisk", SEEING)
    asked_by = asking(caller, asked.as_of)
    answer = await employer_risk(running(request), asked_by, employer_id)
    if answer is None:
        raise Problem("not-found")
    return answered(answer, asdict(answer.found), (if_none_match, asked.as_of))


@router.get("/v1/risk-rules")
async def read_rules(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the rules of the grading in force, and the draft, if any."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await risk_rules(running(request), asking(caller, asked.as_of))
    held = answer.found
    said: dict[str, Any] = {
        "rules_version": held.rules_version,
        "known_on": held.known_on,
        "rules": held.rules,
        "draft": None,
    }
    if held.draft_id is not None:
        said["draft"] = {
            "draft_id": held.draft_id,
            "drafter_id": held.drafter_id,
            "rules_version": held.draft_version,
            "rules": held.draft,
        }
    return answered(answer, said, (if_none_match, asked.as_of))
