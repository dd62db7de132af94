"""Messages over HTTP: what waits, what was told, what needs an officer."""

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
from services.reporting.reading.messages import Filters, messages

router = APIRouter(tags=["reading"])


class MessagesAsked(Filters):
    """The filter of messages, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


@router.get("/v1/messages")
async def read_messages(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[MessagesAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return messages to complainants and their delivery; no text, no address."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await messages(running(request), asking(caller, asked.as_of), asked)
    return answered(answer, asdict(answer.found), (if_none_match, asked.as_of))
