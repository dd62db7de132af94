"""Splitting 分案: chosen claims of a case become a case of their own (domain §5.4).

An award works for each worker by himself (court interpretation [2020] 26, 17): some may
go to another forum, concern another employer, or be settled. No claim is lost or made:
each keeps its stream and its amounts, and its clue and author stay with the old case.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.command import Stamp
from libs.events.contracts.enforcement import CaseFactNoted
from libs.events.contracts.groups import ClaimsSplitOff, SplitGround
from libs.events.decider import NotVisible, Read, Rejected, Rule, States
from libs.events.event import New
from services.enforcement import claim, known
from services.enforcement.merging import Ends, moving, on_known
from services.enforcement.proceeding import (
    CaseCommand,
    Proceeding,
    district,
    held_open,
    on_case,
    reads,
)


class SplitClaims(CaseCommand):
    """Move chosen claims of an open case into a case of their own."""

    new_case_id: UUID
    claim_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=2000)]
    ground: SplitGround


def split(command: SplitClaims, stamp: Stamp, states: States) -> list[New]:
    """Split: who handles the case, and of a filed one the district alone."""
    now = held_open(command, stamp, states)
    noted = states.of(known.KIND, command.case_id)
    known.handling(noted, stamp.actor)
    if now.filed:
        district(stamp.actor, "brigade")
    if now.concluded_since(noted.reopened):
        raise Rejected("concluded-already", "案件已有结论，不能再分案；请先重新打开。")
    chosen = list(dict.fromkeys(command.claim_ids))
    _may_go(command, chosen, noted, states)
    _tears_no_order(chosen, now)
    ends = Ends(
        command.case_id, command.new_case_id, stamp.command_id, command.occurred_at
    )
    parted = ClaimsSplitOff(
        case_id=command.case_id,
        new_case_id=command.new_case_id,
        claim_ids=tuple(chosen),
        ground=command.ground,
        unit=noted.unit or stamp.actor.unit,
    )
    # Never without an owner: routing says the same as soon as it hears of it.
    owned = CaseFactNoted(
        case_id=command.new_case_id,
        fact="opened",
        unit=parted.unit,
        cause=stamp.command_id,
    )
    moved = (moving(one, states.of(claim.KIND, one), ends) for one in chosen)
    return [
        *on_case(command, parted),
        on_known(command.new_case_id, owned, command.occurred_at),
        *(new for each in moved for new in each),
    ]


def _may_go(
    command: SplitClaims, chosen: Sequence[UUID], noted: known.Known, states: States
) -> None:
    """Raise unless each is a claim of the case that counts, and one is left there."""
    for claim_id in chosen:
        one = states.of(claim.KIND, claim_id)
        if one.case_id != command.case_id:
            raise NotVisible
        claim.counted(one)
        if one.withdrawn:
            raise Rejected("claim-withdrawn", "有人员已撤回请求，请从所选中去掉。")
    staying = set(noted.claims) - set(chosen)
    if not any(states.of(claim.KIND, one).counts for one in staying):
        raise Rejected(
            "nothing-left", "原案至少要留下一人；全部人员换单位办理的，请提出转办。"
        )


def _tears_no_order(chosen: Sequence[UUID], now: Proceeding) -> None:
    """Raise when an order names one of the claims: it stays whole, in its own case."""
    named = {line.claim_id for one in now.orders.values() for line in one.lines}
    torn = len(named & set(chosen))
    if torn:
        raise Rejected(
            "order-torn",
            f"所选有 {torn} 人已列入责令支付，指令书不能拆到两案："
            "请让这些人留在本案，只分出未列入指令书的人员。",
        )


def _part_reads(command: SplitClaims) -> Sequence[Read]:
    return (*reads(command), Read(known.KIND, command.new_case_id))


def _claims(command: SplitClaims, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.case_id).claims
    asked = dict.fromkeys((*listed, *command.claim_ids))
    return [Read(claim.KIND, claim_id) for claim_id in asked]


RULES = (Rule(SplitClaims, _part_reads, split, _claims),)
