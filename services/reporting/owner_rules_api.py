"""Routing rules over HTTP: those in force, the draft, and what it would change."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from libs.owner_rules import Suggestion
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.problems import Problem
from services.reporting.api import (
    SEEING,
    IfNoneMatch,
    Timed,
    answered,
    asking,
    running,
)
from services.reporting.reading.suggesting import MOST, Change, rules, simulation

RULES = "/v1/owner-rules"


class Tried(Timed):
    """On how many of the latest cases a draft is tried, and the time."""

    last: Annotated[int, Field(ge=1, le=MOST)] = 300


router = APIRouter(tags=["reading"])


@router.get(RULES)
async def read_rules(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the routing rules in force in their order, and the draft, if any."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await rules(running(request), asking(caller, asked.as_of))
    held = answer.found
    said: dict[str, Any] = {
        "rules_version": held.rules_version,
        "known_on": held.known_on,
        "rules": [rule.model_dump(mode="json") for rule in held.rules],
        "draft": None,
    }
    if held.draft_id is not None:
        said["draft"] = {
            "draft_id": held.draft_id,
            "drafter_id": held.drafter_id,
            "rules_version": held.draft_version,
            "rules": [rule.model_dump(mode="json") for rule in held.draft],
        }
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get(f"{RULES}/draft/simulation")
async def read_simulation(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Tried, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return which of the latest visible cases the draft would propose to another."""
    permissions.require(caller, "ReadCases", SEEING)
    asked_by = asking(caller, asked.as_of)
    answer = await simulation(running(request), asked_by, asked.last)
    found = answer.found
    if found is None:
        raise Problem("not-found")
    said = {
        "tried": found.tried,
        "agree_before": found.agree_before,
        "agree_after": found.agree_after,
        "changes": [_change(one) for one in found.changes],
    }
    return answered(answer, said, (if_none_match, asked.as_of))


def _change(one: Change) -> dict[str, Any]:
    said = asdict(one)
    return said | {"before": _said(one.before), "after": _said(one.after)}


def _said(one: Suggestion | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"owner": one.owner, "rule": one.rule.id, "basis": one.rule.basis}
