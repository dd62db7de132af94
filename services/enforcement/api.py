"""What enforcement can be asked: acceptance, filing, orders, payments, conclusion."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from libs import ids
from libs.acts import Act, Asked, Desk, routes
from libs.events.command import Command
from libs.events.contracts.enforcement import WagesPaid
from libs.events.event import Recorded
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import KnownCaller, OfficerCaller
from libs.web.callers import SignedIn, Worker
from libs.web.etags import etag
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.enforcement import claim, grouping, known, proceeding, track_door
from services.enforcement.conclusion import ConcludeCase
from services.enforcement.grouping import LiftGroupFlag
from services.enforcement.naming import NamedOfficer
from services.enforcement.notice_boards import InspectNoticeBoard
from services.enforcement.order import OrderPayment, ServeDocument
from services.enforcement.payment import (
    ConfirmReceipt,
    DisputePayment,
    RecordWagesPaid,
    ReversePayment,
)
from services.enforcement.proceeding import (
    AcceptComplaint,
    CompleteInvestigation,
    DeclineFiling,
    FileCase,
    ProposeFiling,
    RefuseComplaint,
)
from services.enforcement.representing import NameRepresentatives, RecordConsent
from services.enforcement.roster import ConfirmClaim, DisclaimClaim
from services.enforcement.splitting import SplitClaims
from services.enforcement.verification import VerifyFacts, WithdrawClaim

CASE = "/v1/cases/{case_id}"
CLAIM = f"{CASE}/claims/{{claim_id}}"


def _on_case(path: str, command: type[Command]) -> Act:
    return Act(f"{CASE}/{path}", command, on=proceeding.KIND)


def _on_claim(path: str, command: type[Command]) -> Act:
    return Act(f"{CLAIM}/{path}", command, on=claim.KIND, subject="claim_id")


def _by_worker(path: str, command: type[Command]) -> Act:
    return replace(_on_claim(path, command), worker_of="claim_id")


def _order(asked: Asked) -> Mapping[str, Any]:
    return {"order_id": asked.new_id("order")}


def _part(asked: Asked) -> Mapping[str, Any]:
    return {"new_case_id": asked.new_id("part")}


def _payment(asked: Asked) -> Mapping[str, Any]:
    return {"payment_id": asked.new_id("payment")}


async def _board(running: Running, asked: Asked) -> Mapping[str, Any]:
    """Return the project's id, as complaints about it have it, and the unit."""
    said = asked.body["project_number"] or asked.body["project_name"].casefold()
    project = ids.named("project", running.settings.site, said)
    return {"project_id": project, "by_unit": asked.caller.actor.unit}


NAMING = ("reviewer_id", "officer_ids")
"""The fields in which commands name officers."""


def _named(asked: Asked) -> Mapping[str, Any]:
    """Return what the door fills in: each named officer that the directory knows."""
    ids: list[UUID] = []
    for field in NAMING:
        said = asked.body.get(field) or ()
        ids += [said] if isinstance(said, UUID) else said
    found = [(one, asked.officer(one)) for one in dict.fromkeys(ids)]
    return {
        "named": tuple(
            NamedOfficer(officer_id=one, role=officer.role, unit=officer.unit)
            for one, officer in found
            if officer is not None
        )
    }


def _naming(act: Act) -> Act:
    return replace(act, fills=_named, filled=("named",))


PAYMENT = "payments/{payment_id}"
VIEW = frozenset({Power.VIEW})

ACTS = (
    _on_case("acceptance", AcceptComplaint),
    _on_case("refusal", RefuseComplaint),
    _on_case("filing-proposal", ProposeFiling),
    _naming(_on_case("filing", FileCase)),
    _on_case("filing-refusal", DeclineFiling),
    _on_case("investigation-end", CompleteInvestigation),
    replace(_on_case("orders", OrderPayment), fills=_order, filled=("order_id",)),
    _on_case("orders/{order_id}/service", ServeDocument),
    # A street unit concludes what the district did not file, with a review.
    replace(
        _naming(_on_case("conclusion", ConcludeCase)),
        powers=frozenset({Power.PROPOSE, Power.DECIDE}),
    ),
    _naming(_on_claim("verification", VerifyFacts)),
    _by_worker("withdrawal", WithdrawClaim),
    replace(
        _on_claim("payments", RecordWagesPaid),
        fills=_payment,
        filled=("payment_id",),
    ),
    _on_claim(f"{PAYMENT}/reversal", ReversePayment),
    _by_worker(f"{PAYMENT}/confirmation", ConfirmReceipt),
    _by_worker(f"{PAYMENT}/dispute", DisputePayment),
    _by_worker("roster-confirmation", ConfirmClaim),
    _by_worker("roster-disclaimer", DisclaimClaim),
    replace(_on_case("parts", SplitClaims), fills=_part, filled=("new_case_id",)),
    _on_claim("consents", RecordConsent),
    Act(f"{CASE}/group-flag/lifting", LiftGroupFlag, on=grouping.KIND),
    Act(f"{CASE}/representatives", NameRepresentatives, on=grouping.KIND),
    track_door.ACT,
    Act(
        "/v1/notice-boards",
        InspectNoticeBoard,
        filled=("project_id", "by_unit"),
        gathers=_board,
    ),
)

reading = APIRouter()


@reading.get(CASE, name="proceeding-state")
async def state(case_id: UUID, caller: KnownCaller, request: Request) -> JSONResponse:
    """How the proceeding stands, with the ETag that an act on it must name."""
    if isinstance(caller, Worker):
        raise Problem("not-found")
    permissions.require(caller, "ReadCases", VIEW)
    held, noted = await _streams(
        request, proceeding.KIND.stream(case_id), known.KIND.stream(case_id)
    )
    facts = known.KIND.fold(event.fact() for event in noted)
    known.visible(facts, caller.actor)
    now = proceeding.KIND.fold(event.fact() for event in held)
    said = {
        "case_id": str(case_id),
        "accepted": now.accepted,
        "filed": now.filed,
        "investigated": now.investigated,
        "concluded": now.concluded_since(facts.reopened),
        "claims": [str(claim_id) for claim_id in facts.claims],
        "orders": [str(order_id) for order_id in now.orders],
        "version": len(held),
    }
    return JSONResponse(said, headers={"ETag": etag(len(held))})


@reading.get(CLAIM, name="claim-state")
async def claim_state(
    case_id: UUID, claim_id: UUID, caller: KnownCaller, request: Request
) -> JSONResponse:
    """How one worker's claim stands, in minor units, with its ETag."""
    _claim_reader(caller, claim_id)
    held, noted = await _streams(
        request, claim.KIND.stream(claim_id), known.KIND.stream(case_id)
    )
    now = claim.KIND.fold(event.fact() for event in held)
    if now.case_id is None or case_id not in {now.case_id, now.opened_in}:
        raise Problem("not-found")
    if not isinstance(caller, Worker):
        known.visible(known.KIND.fold(e.fact() for e in noted), caller.actor)
    paid_at = _paid_at(held)
    said = {
        "claim_id": str(claim_id),
        "case_id": str(now.case_id),
        "currency": now.currency,
        "verified": now.verified.minor if now.verified else None,
        "ordered": now.ordered.minor if now.ordered else None,
        "payable": now.payable.minor if now.payable else None,
        "paid": now.paid,
        "withdrawn": now.withdrawn,
        "roster": now.roster,
        "duplicate_of": str(now.duplicate_of) if now.duplicate_of else None,
        "payments": [
            {
                "payment_id": str(payment_id),
                "minor": payment.amount.minor,
                "occurred_at": paid_at.get(payment_id),
                "confirmed": payment.confirmed,
                "disputed": payment.disputed,
                "reversed": payment.reversed,
            }
            for payment_id, payment in now.payments.items()
        ],
        "version": len(held),
    }
    return JSONResponse(said, headers={"ETag": etag(len(held))})


def _claim_reader(caller: SignedIn | Worker, claim_id: UUID) -> None:
    """Raise 404 for a code of another claim, 403 for an officer who reads no case."""
    if isinstance(caller, Worker):
        if not caller.holds("claim", claim_id):
            raise Problem("not-found")
        return
    permissions.require(caller, "ReadCases", VIEW)


@reading.get(f"{CASE}/group-flag", name="group-flag-state")
async def group_state(
    case_id: UUID, caller: OfficerCaller, request: Request
) -> JSONResponse:
    """Whether the case is flagged as a group case, with the ETag of that."""
    permissions.require(caller, "ReadCases", VIEW)
    held, noted = await _streams(
        request, grouping.KIND.stream(case_id), known.KIND.stream(case_id)
    )
    known.visible(known.KIND.fold(e.fact() for e in noted), caller.actor)
    now = grouping.KIND.fold(event.fact() for event in held)
    said = {
        "case_id": str(case_id),
        "flagged": now.flagged,
        "representatives": sorted(str(one) for one in now.speakers),
        "version": len(held),
    }
    return JSONResponse(said, headers={"ETag": etag(len(held))})


def _paid_at(held: Sequence[Recorded]) -> dict[UUID, str | None]:
    return {
        fact.payment_id: event.occurred_at.isoformat() if event.occurred_at else None
        for event in held
        if isinstance(fact := event.fact(), WagesPaid)
    }


async def _streams(request: Request, *names: str) -> list[list[Any]]:
    desk: Desk = request.app.state.desk
    streams = await desk.log.journal.read_streams(names)
    return [streams[name] for name in names]


ROUTERS = (routes(ACTS), reading, track_door.reading)
