"""Roster 花名册: whom a roster names says himself whether the claim is true (§5.4).

Until then his claim is unconfirmed. It can be verified all the same; the inspector sees
the state beside it. Nobody who took a roster in confirms a name of it.
"""

from typing import Literal

from libs.events.command import Stamp
from libs.events.contracts.groups import (
    ClaimConfirmedByWorker,
    ClaimDisclaimed,
    WordMethod,
)
from libs.events.decider import NotYours, Rejected, Rule, States
from libs.events.event import New
from services.enforcement import known
from services.enforcement.claim import (
    Claim,
    ClaimCommand,
    claim_of,
    claim_reads,
    noted_of,
    on_claim,
    then_reads,
    whose,
)


class ConfirmClaim(ClaimCommand):
    """Say that a claim of a roster is true: the worker, or whoever called him back."""

    method: WordMethod


class DisclaimClaim(ClaimCommand):
    """Say that it is not: another person, or untrue; it is to be verified then."""

    reason: Literal["not_me", "not_true"]
    method: WordMethod


Word = ConfirmClaim | DisclaimClaim


def confirm(command: ConfirmClaim, stamp: Stamp, states: States) -> list[New]:
    """Confirm; a later word of the worker's counts in place of an earlier one."""
    claim = _named(command, stamp, states)
    if claim.roster == "confirmed":
        return []
    confirmed = ClaimConfirmedByWorker(
        **whose(command, claim),
        person_id=claim.person_id or command.claim_id,
        method=command.method,
    )
    return on_claim(command, claim, confirmed)


def disclaim(command: DisclaimClaim, stamp: Stamp, states: States) -> list[New]:
    """Disclaim: nothing is deleted, the claim is marked for verification."""
    claim = _named(command, stamp, states)
    if claim.roster == "disclaimed":
        return []
    disclaimed = ClaimDisclaimed(
        **whose(command, claim),
        person_id=claim.person_id or command.claim_id,
        reason=command.reason,
        method=command.method,
    )
    return on_claim(command, claim, disclaimed)


def _named(command: Word, stamp: Stamp, states: States) -> Claim:
    """Return the claim of a roster, if the actor may say the worker's word on it."""
    actor = stamp.actor
    known.visible(noted_of(command, states), actor)
    if actor.role not in known.CALL_BACK:
        raise NotYours("花名册由劳动者本人或回访人员确认。", may=known.CALL_BACK)
    claim = claim_of(command, states)
    if claim.roster is None:
        raise Rejected("not-of-a-roster", "这一项是本人反映的，不需另行确认。")
    if actor.id == claim.recorder:
        raise Rejected(
            "recorder-confirms", "登记花名册的人不能代为确认，请由他人回访或本人确认。"
        )
    if (command.method == "worker_online") != (actor.role == "worker"):
        raise Rejected(
            "not-the-worker", "“本人在线确认”只能由劳动者本人作出；回访请选回访方式。"
        )
    return claim


RULES = (
    Rule(ConfirmClaim, claim_reads, confirm, then_reads),
    Rule(DisclaimClaim, claim_reads, disclaim, then_reads),
)
