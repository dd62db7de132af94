"""What routing can be asked: transfers, rulings, extensions, reopening, calendars."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from libs.acts import Act, Asked, Desk, routes
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.etags import etag
from libs.web.permissions import Power
from services.routing import case, handling, known, supervising
from services.routing.adopting import AdoptImported
from services.routing.case import ReopenCase
from services.routing.duty_acts import DUTY_ACTS
from services.routing.extending import ExtendDeadline
from services.routing.owner_rules import AdoptOwnerRules, DraftOwnerRules
from services.routing.pausing import EndDeadlinePause, PauseDeadline
from services.routing.rulebook import AmendCalendar
from services.routing.transfer import (
    AcceptTransfer,
    ProposeTransfer,
    RefuseTransfer,
    RuleOwnership,
)

CASE = "/v1/cases/{case_id}"
VIEW = frozenset({Power.VIEW})


def _transfer(asked: Asked) -> Mapping[str, Any]:
    return {"transfer_id": asked.new_id("transfer")}


ACTS = (
    Act(
        f"{CASE}/transfers",
        ProposeTransfer,
        on=case.KIND,
        fills=_transfer,
        filled=("transfer_id",),
    ),
    Act(f"{CASE}/transfers/acceptance", AcceptTransfer, on=case.KIND),
    Act(f"{CASE}/transfers/refusal", RefuseTransfer, on=case.KIND),
    Act(f"{CASE}/ruling", RuleOwnership, on=case.KIND),
    Act(f"{CASE}/reopening", ReopenCase, on=case.KIND),
    Act(f"{CASE}/adoption", AdoptImported, on=case.KIND),
    Act(f"{CASE}/deadlines/{{clock}}/extension", ExtendDeadline, on=case.KIND),
    Act(f"{CASE}/deadlines/{{clock}}/pause", PauseDeadline, on=case.KIND),
    Act(f"{CASE}/deadlines/{{clock}}/pause-end", EndDeadlinePause, on=case.KIND),
    Act("/v1/calendars", AmendCalendar, permission="AdoptRule"),
    Act(
        "/v1/owner-rules/drafts",
        DraftOwnerRules,
        permission="AdoptRule",
        fills=lambda asked: {"draft_id": asked.new_id("draft")},
        filled=("draft_id",),
    ),
    # The draft's id says what was read: a newer draft has another.
    Act(
        "/v1/owner-rules/drafts/{draft_id}/adoption",
        AdoptOwnerRules,
        permission="AdoptRule",
    ),
    *DUTY_ACTS,
)

reading = APIRouter()


@reading.get(CASE, name="case-state")
async def state(case_id: UUID, caller: OfficerCaller, request: Request) -> JSONResponse:
    """Who holds and handles the case now, with the ETag that an act on it must name."""
    permissions.require(caller, "ReadCases", VIEW)
    desk: Desk = request.app.state.desk
    names = [case.KIND.stream(case_id), known.KIND.stream(case_id)]
    names += [handling.KIND.stream(case_id)]
    streams = await desk.log.journal.read_streams(names)
    held, noted, told = (streams[name] for name in names)
    now = case.KIND.fold(event.fact() for event in held)
    facts = known.KIND.fold(event.fact() for event in noted)
    case.visible(now, facts, caller.actor)
    handler = handling.KIND.fold(event.fact() for event in told).within(now.unit)
    said = {
        "case_id": str(case_id),
        "unit": now.unit,
        "handler_id": str(handler) if handler else None,
        "first_asked_unit": now.first_asked,
        "proposed_to": now.pending.to_unit if now.pending else None,
        "hops": now.hops,
        "ruled": now.ruled,
        "closed": now.closed,
        "awaits_adoption": now.history and now.closed is None,
        "version": len(held),
    }
    return JSONResponse(said, headers={"ETag": etag(len(held))})


ROUTERS = (routes(ACTS), routes(supervising.ACTS), reading)
