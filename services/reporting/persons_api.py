"""Readings of persons' data over HTTP, for the auditor: no name, no number."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict

from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.reporting.api import (
    SEEING,
    AsOf,
    IfNoneMatch,
    answered,
    asking,
    running,
)
from services.reporting.reading.person_reads import Filters, person_reads

router = APIRouter(tags=["reading"])


class PersonReadsAsked(Filters):
    """The filter of readings, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


@router.get("/v1/person-reads")
async def read_person_reads(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[PersonReadsAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return who read or erased persons' data, the newest first, at most 300."""
    permissions.require(caller, "ReadPersonReads", SEEING)
    answer = await person_reads(running(request), asking(caller, asked.as_of), asked)
    return answered(answer, asdict(answer.found), (if_none_match, asked.as_of))
