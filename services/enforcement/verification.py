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
from libs.events.contracts.merging import ClaimMoved
from libs.events.contracts.parts import Code, Employer, Project, Proof, WorkerLine
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.money import Amount
from services.enforcement import grouping, known
from services.enforcement.claim import (
    KIND,
    Claim,
    ClaimCommand,
    claim_of,
    claim_reads,
    counted,
    noted_of,
    on_claim,
    then_reads,
    whose,
)
from services.enforcement.naming import NamesOfficers, must_be
from services.enforcement.representing import CONSENT, bound

SECOND = "区级核实须由区执法大队另一名执法人员复核，请选第二名复核人。"


class OpenClaim(Command):
    """Open one worker's claim of a clue, and list it in its case."""

    case_id: UUID
    clue_id: UUID
    claim_id: UUID
    employer: Employer
    project: Project | None = None
    worker: WorkerLine
    recorder_id: UUID | None = None
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
    into = states.of(known.KIND, command.case_id).into
    facts: list[Event] = [_opened(command)]
    if into is not None:
        # Its case was merged before the claim was heard of here: it goes along.
        moved = ClaimMoved(
            claim_id=command.claim_id,
            case_id=into,
            clue_id=command.clue_id,
            from_case_id=command.case_id,
        )
        facts.append(moved)
    case_id, at = into or command.case_id, command.occurred_at
    stream, key = KIND.stream(command.claim_id), str(command.case_id)
    listed = ClaimListed(case_id=case_id, claim_id=command.claim_id)
    in_case = known.KIND.stream(case_id)
    return [
        *(New(stream, fact, at, partition_key=key) for fact in facts),
        New(in_case, listed, at, partition_key=str(case_id)),
    ]


def _opened(command: OpenClaim) -> ClaimOpened:
    worker = command.worker
    return ClaimOpened(
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
        # Whose roster it is matters where the worker's own word is still to come.
        recorder_id=command.recorder_id if worker.roster_only else None,
    )


def verify_facts(command: VerifyFacts, stamp: Stamp, states: States) -> list[New]:
    """Verify: the holder at the street, or the district with a second reviewer."""
    noted = noted_of(command, states)
    known.handling(noted, stamp.actor)
    known.still_open(noted)
    claim = claim_of(command, states)
    counted(claim)
    if claim.withdrawn:
        raise Rejected("claim-withdrawn", "本人已撤回这笔请求，不再核实。")
    if command.verified.currency != claim.currency:
        raise Rejected("currency-differs", f"请用原币种 {claim.currency} 填写金额。")
    if command.reviewer_id == stamp.actor.id:
        raise Rejected("same-person", "复核人不能是核实人本人，请另选一人。")
    _reviewed(command, stamp)
    verified = FactsVerified(
        **whose(command, claim),
        verified=command.verified,
        evidence=command.evidence,
        reviewer_id=command.reviewer_id,
    )
    return on_claim(command, claim, verified)


def _reviewed(command: VerifyFacts, stamp: Stamp) -> None:
    """Raise unless a second district officer reviewed what the district verified."""
    if stamp.actor.role != "brigade":
        return
    if command.reviewer_id is None:
        raise Rejected("reviewer-needed", SECOND)
    must_be(command, command.reviewer_id, "brigade", SECOND)


def withdraw_claim(command: WithdrawClaim, stamp: Stamp, states: States) -> list[New]:
    """Withdraw once; money already paid stays on the row."""
    known.visible(noted_of(command, states), stamp.actor)
    claim = claim_of(command, states)
    if stamp.actor.role != "worker":
        known.handling(noted_of(command, states), stamp.actor)
        _by_himself(command, claim, states)
    if claim.withdrawn:
        return []
    withdrawn = ClaimWithdrawn(
        **whose(command, claim),
        reason=command.reason,
    )
    return on_claim(command, claim, withdrawn)


def _by_himself(command: WithdrawClaim, claim: Claim, states: States) -> None:
    """Raise when a representative would give up what is somebody else's (ARB 63)."""
    group = states.of(grouping.KIND, claim.case_id or command.case_id)
    if bound([claim], group, "withdrawal"):
        raise Rejected(
            "consent-needed",
            "本案有代表人：撤回须先登记这名劳动者本人同意。",
            article=CONSENT,
        )


def _withdraw_reads(command: WithdrawClaim, states: States) -> list[Read]:
    more = then_reads(command, states)
    return [*more, *(Read(grouping.KIND, read.subject) for read in more)]


def _open_reads(command: OpenClaim) -> Sequence[Read]:
    return [Read(KIND, command.claim_id), Read(known.KIND, command.case_id)]


def _into(command: OpenClaim, states: States) -> Sequence[Read]:
    into = states.of(known.KIND, command.case_id).into
    return [] if into is None else [Read(known.KIND, into)]


RULES = (
    Rule(OpenClaim, _open_reads, open_claim, _into),
    Rule(VerifyFacts, claim_reads, verify_facts, then_reads),
    Rule(WithdrawClaim, claim_reads, withdraw_claim, _withdraw_reads),
)
