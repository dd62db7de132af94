"""A small decider for tests of the machinery: claims listed under a case."""

from collections.abc import Sequence
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import ClaimListed, ComplaintAccepted
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New

Listed = frozenset[UUID]


class ListClaim(Command):
    """List a claim under a case, once."""

    case_id: UUID
    claim_id: UUID


class CopyList(Command):
    """List under a case what the first claim of another names."""

    case_id: UUID
    other_id: UUID


def evolve(state: Listed, event: Event) -> Listed:
    match event:
        case ClaimListed(claim_id=claim_id):
            return state | {claim_id}
        case _:
            return state


KNOWN: Kind[Listed] = Kind("known", frozenset(), evolve)
CASE: Kind[int] = Kind("proceeding", 0, lambda count, _: count + 1)


def list_claim(command: ListClaim, _: Stamp, states: States) -> Sequence[New]:
    if command.claim_id == command.case_id:
        raise Rejected("no-claim", "A case is no claim.")
    if command.claim_id in states.of(KNOWN, command.case_id):
        return []
    event = ClaimListed(case_id=command.case_id, claim_id=command.claim_id)
    return [New(KNOWN.stream(command.case_id), event)]


def copy_list(command: CopyList, _: Stamp, states: States) -> Sequence[New]:
    """Accept the case, and note how many events each listed case has."""
    listed: Listed = states.of(KNOWN, command.other_id)
    accepted = [
        claim_id for claim_id in sorted(listed) if states.of(CASE, claim_id) > 0
    ]
    return [
        New(
            KNOWN.stream(command.case_id),
            ClaimListed(case_id=command.case_id, claim_id=claim_id),
        )
        for claim_id in accepted
    ]


def _others(command: CopyList, states: States) -> list[UUID]:
    listed: Listed = states.of(KNOWN, command.other_id)
    return sorted(listed)


def accepted(case_id: UUID) -> New:
    event = ComplaintAccepted(case_id=case_id, clue_id=UUID(int=0xC1))
    return New(CASE.stream(case_id), event)


LIST = Rule(ListClaim, lambda c: [Read(KNOWN, c.case_id)], list_claim)
COPY = Rule(
    CopyList,
    lambda c: [Read(KNOWN, c.case_id), Read(KNOWN, c.other_id)],
    copy_list,
    lambda c, states: [Read(CASE, claim) for claim in _others(c, states)],
)
