"""Conclusion: a case is concluded only when all its claims are done."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from libs.events.command import Stamp
from libs.events.contracts.enforcement import CaseConcluded
from libs.events.decider import NotYours, Read, Rejected, Rule, States
from libs.events.event import New
from services.enforcement import claim, grouping, known
from services.enforcement.naming import NamesOfficers, must_be
from services.enforcement.proceeding import (
    CaseCommand,
    Proceeding,
    held,
    on_case,
    reads,
)
from services.enforcement.representing import CONSENT, bound


class ConcludeCase(CaseCommand, NamesOfficers):
    """Conclude: the district when it filed, else the handling unit with a review.

    `reviewer_id` is the leading-group office's reviewer, needed at the street.
    """

    kind: Literal[
        "paid", "settled", "withdrawn", "unfounded", "time_barred", "other_forum",
        "referred_out", "rectified",
    ]  # fmt: skip
    reviewer_id: UUID | None = None


REVIEW = "街道办结须由领导小组办公室另一人复核，请选该办公室的人员。"
ENDED_ELSEWHERE = {"time_barred", "other_forum", "referred_out"}


def conclude(command: ConcludeCase, stamp: Stamp, states: States) -> list[New]:
    """Conclude once every claim is paid, withdrawn or found to be nothing."""
    now = held(command, stamp, states)
    noted = states.of(known.KIND, command.case_id)
    known.still_open(noted)
    _entitled(command, stamp, now, noted)
    if now.concluded_since(noted.reopened):
        raise Rejected("concluded-already", "案件已有结论，答复反映人后即办结。")
    claims = [states.of(claim.KIND, claim_id) for claim_id in noted.claims]
    if command.kind not in ENDED_ELSEWHERE:
        _all_done(command, claims)
    _consented(command, claims, states)
    concluded = CaseConcluded(
        case_id=command.case_id, kind=command.kind, by_district=now.filed
    )
    return on_case(command, concluded)


def _entitled(
    command: ConcludeCase, stamp: Stamp, now: Proceeding, noted: known.Known
) -> None:
    if now.filed:
        if stamp.actor.role != "brigade":
            raise NotYours("区级立案的案件由区执法大队结案。", may=["brigade"])
        return
    known.handling(noted, stamp.actor)
    if command.reviewer_id is None or command.reviewer_id == stamp.actor.id:
        raise Rejected("reviewer-needed", REVIEW)
    must_be(command, command.reviewer_id, "leading-group", REVIEW)


def _all_done(command: ConcludeCase, claims: Sequence[claim.Claim]) -> None:
    undone = sum(not one.done for one in claims)
    if undone:
        raise Rejected(
            "claims-open",
            f"还有 {undone} 人的工资没有付清、撤回或核实，案件不能办结。",
        )
    if any(one.disputed and one.counts for one in claims):
        raise Rejected(
            "payment-disputed", "有支付被劳动者否认到账：先冲销，或经回访确认到账。"
        )
    owed = sum(one.payable.minor for one in claims if one.payable and one.counts)
    if command.kind == "paid" and owed == 0:
        raise Rejected("nothing-paid", "没有应付金额，不能按“已付”办结。")
    if command.kind == "unfounded" and owed > 0:
        raise Rejected("arrears-found", "已核实欠薪，不能按“不属实”办结。")
    if command.kind == "withdrawn" and any(one.counts for one in claims):
        raise Rejected("not-withdrawn", "不是每个人都撤回了，不能按“撤回”办结。")


def _consented(
    command: ConcludeCase, claims: Sequence[claim.Claim], states: States
) -> None:
    """Raise when representatives would settle for who did not consent (ARB 63)."""
    group = states.of(grouping.KIND, command.case_id)
    left = bound(claims, group, "settlement") if command.kind == "settled" else ()
    if left:
        raise Rejected(
            "consent-needed",
            f"本案有代表人：按和解办结还差 {len(left)} 人本人同意的登记。",
            article=CONSENT,
        )


def _reads(command: ConcludeCase) -> Sequence[Read]:
    return (*reads(command), Read(grouping.KIND, command.case_id))


def _claims(command: ConcludeCase, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.case_id).claims
    return [Read(claim.KIND, claim_id) for claim_id in listed]


RULES = (Rule(ConcludeCase, _reads, conclude, _claims),)
