"""Verification: claims are opened from a complaint, verified per worker, withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import (
    ClaimListed,
    ClaimOpened,
    ClaimWithdrawn,
    FactsVerified,
)
from libs.events.contracts.parts import Code, Employer, Project, Proof, WorkerLine
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import New
from libs.money import Amount
from services.enforcement import known
from services.enforcement.claim import (
    KIND,
    ClaimCommand,
    claim_of,
    claim_reads,
    on_claim,
)
from services.enforcement.naming import NamesOfficers, must_be

SECOND = "区级核实须由区执法大队另一名执法人员复核，请选第二名复核人。"


class OpenClaim(Command):
    """Open one worker's claim of a clue, and list it in its case."""

    case_id: UUID
    clue_id: UUID
    claim_id: UUID
    employer: Employer
    project: Project | None = None
    worker: WorkerLine
    occurred_at: datetime | None = None


class VerifyFacts(ClaimCommand, NamesOfficers):
    """Verify one worker's amount with evidence; zero means no arrears were found."""

    verified: Amount
    evidence: Annotated[tuple[Proof, ...], Field(max_length=50)] = ()
    reviewer_id: UUID | None = None


class WithdrawClaim(ClaimCommand):
    """The worker withdraws the claim; the row stays, no total counts it."""

    reason: Code


def open_claim(command: OpenClaim, _stamp: Stamp, states: States) -> list[New]:
    """Open once; the claimed amount stays as it was said."""
    if states.of(KIND, command.claim_id).case_id is not None:
        return []
    worker = command.worker
    opened = ClaimOpened(
        claim_id=command.claim_id,
        case_id=command.case_id,
        clue_id=command.clue_id,
        ordinal=worker.ordinal,
        person_id=worker.person_id,
        employer=command.employer,
        project=command.project,
        claimed=worker.claimed,
        rural_migrant=worker.rural_migrant,
        months_from=worker.months_from,
        months_to=worker.months_to,
        roster_only=worker.roster_only,
    )
    listed = ClaimListed(case_id=command.case_id, claim_id=command.claim_id)
    key, at = str(command.case_id), command.occurred_at
    return [
        New(KIND.stream(command.claim_id), opened, at, partition_key=key),
        New(known.KIND.stream(command.case_id), listed, at, partition_key=key),
    ]


def verify_facts(command: VerifyFacts, stamp: Stamp, states: States) -> list[New]:
    """Verify: the holder at the street, or the district with a second reviewer."""
    noted = states.of(known.KIND, command.case_id)
    known.handling(noted, stamp.actor)
    known.still_open(noted)
    claim = claim_of(command, states)
    if claim.withdrawn:
        raise Rejected("claim-withdrawn", "本人已撤回这笔请求，不再核实。")
    if command.verified.currency != claim.currency:
        raise Rejected("currency-differs", f"请用原币种 {claim.currency} 填写金额。")
    if command.reviewer_id == stamp.actor.id:
        raise Rejected("same-person", "复核人不能是核实人本人，请另选一人。")
    _reviewed(command, stamp)
    verified = FactsVerified(
        claim_id=command.claim_id,
        case_id=command.case_id,
        clue_id=claim.clue_id or command.case_id,
        verified=command.verified,
        evidence=command.evidence,
        reviewer_id=command.reviewer_id,
    )
    return on_claim(command, verified)


def _reviewed(command: VerifyFacts, stamp: Stamp) -> None:
    """Raise unless a second district officer reviewed what the district verified."""
    if stamp.actor.role != "brigade":
        return
    if command.reviewer_id is None:
        raise Rejected("reviewer-needed", SECOND)
    must_be(command, command.reviewer_id, "brigade", SECOND)


def withdraw_claim(command: WithdrawClaim, stamp: Stamp, states: States) -> list[New]:
    """Withdraw once; money already paid stays on the row."""
    known.visible(states.of(known.KIND, command.case_id), stamp.actor)
    claim = claim_of(command, states)
    if stamp.actor.role != "worker":
        known.handling(states.of(known.KIND, command.case_id), stamp.actor)
    if claim.withdrawn:
        return []
    withdrawn = ClaimWithdrawn(
        claim_id=command.claim_id,
        case_id=command.case_id,
        clue_id=claim.clue_id or command.case_id,
        reason=command.reason,
    )
    return on_claim(command, withdrawn)


def _open_reads(command: OpenClaim) -> Sequence[Read]:
    return [Read(KIND, command.claim_id), Read(known.KIND, command.case_id)]


RULES = (
    Rule(OpenClaim, _open_reads, open_claim),
    Rule(VerifyFacts, claim_reads, verify_facts),
    Rule(WithdrawClaim, claim_reads, withdraw_claim),
)
