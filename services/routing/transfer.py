"""Transfer: how responsibility moves, and how a ruling ends the ping-pong.

A transfer keeps the sender as owner until receipt (WPR 10 ¶3). After one refusal or
two hops only the leading-group office rules, and its ruling binds (XF 24; domain §5.2).
"""

from collections.abc import Sequence
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code, Text
from libs.events.contracts.routing import (
    CaseTransferred,
    OwnershipRuled,
    TransferProposed,
    TransferReason,
    TransferRefused,
)
from libs.events.decider import NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, New
from services.routing import dossier, rulebook
from services.routing.case import (
    KIND,
    Case,
    Pending,
    assigned,
    case_and_known,
    own,
    seen,
    still_open,
)

HOP_LIMIT = 2


class ProposeTransfer(Command):
    """Propose that another unit own the case (F-2.2.3b), with a coded reason."""

    case_id: UUID
    transfer_id: UUID
    to_unit: Code
    reason: TransferReason
    article: Text | None = None


class AcceptTransfer(Command):
    """Take the case over: responsibility moves with this receipt."""

    case_id: UUID


class RefuseTransfer(Command):
    """Hand a proposed case back, with coded reason and article (XF 23)."""

    case_id: UUID
    reason: TransferReason
    article: Text


class RuleOwnership(Command):
    """Rule which unit owns the case (XF 24); the ruling binds."""

    case_id: UUID
    to_unit: Code
    article: Text


def propose_transfer(
    command: ProposeTransfer, stamp: Stamp, states: States
) -> list[New]:
    """Propose, unless it was ruled, refused once, moved twice, or is under way."""
    case = seen(command, stamp, states)
    own(case, stamp.actor)
    still_open(case)
    if case.ruled:
        raise Rejected(
            "ruling-binds", "归属已由领导小组办公室裁定，不能再转；请直接办理。"
        )
    if case.refused or case.hops >= HOP_LIMIT:
        raise Rejected(
            "ruling-needed",
            "已被退回一次或已转两次：只能由领导小组办公室裁定归属。",
            article="信访工作条例24",
        )
    if case.pending is not None:
        raise Rejected(
            "transfer-pending", f"已提出转 {case.pending.to_unit}，请等对方签收。"
        )
    if command.to_unit == case.unit:
        raise Rejected("same-unit", "不能转给本单位，请选择其他单位。")
    owner_to_be(command.to_unit, stamp, states)
    proposed = TransferProposed(
        case_id=command.case_id,
        transfer_id=command.transfer_id,
        from_unit=stamp.actor.unit,
        to_unit=command.to_unit,
        reason=command.reason,
        article=command.article,
    )
    return [New(KIND.stream(command.case_id), proposed)]


def owner_to_be(unit: str, stamp: Stamp, states: States) -> None:
    """Raise unless such a unit stands today: else the case would have no owner."""
    book = states.of(rulebook.KIND, rulebook.ORGANISATION.subject)
    if not book.takes_cases(unit, day_of(stamp.at)):
        raise Rejected("no-such-unit", f"没有能办案的单位 {unit}，请核对单位代码。")


def _addressed(case: Case, actor: Actor) -> Pending:
    if case.pending is None:
        if case.ruled:
            raise Rejected(
                "ruling-binds", "归属已由领导小组办公室裁定，不能退回；请直接办理。"
            )
        raise Rejected("no-transfer", "没有待签收的转办，请刷新后再看。")
    if case.pending.to_unit != actor.unit:
        raise NotYours(
            f"这件转办等 {case.pending.to_unit} 签收。", may=[case.pending.to_unit]
        )
    return case.pending


def accept_transfer(command: AcceptTransfer, stamp: Stamp, states: States) -> list[New]:
    """Receive the case: one event moves it, and its file goes along (F-2.2.3d)."""
    case = seen(command, stamp, states)
    pending = _addressed(case, stamp.actor)
    moved = CaseTransferred(
        case_id=command.case_id,
        transfer_id=pending.transfer_id,
        from_unit=pending.from_unit,
        to_unit=pending.to_unit,
        hop=case.hops + 1,
        reason=pending.reason,
        article=pending.article,
    )
    move = dossier.Move(
        command.case_id, "transferred", moved.to_unit, moved.hop, moved.transfer_id
    )
    return [
        New(KIND.stream(command.case_id), moved),
        *assigned(case, pending.to_unit),
        *dossier.handed(move, case, states),
    ]


def refuse_transfer(command: RefuseTransfer, stamp: Stamp, states: States) -> list[New]:
    """Refuse once; from then on only a ruling moves the case."""
    case = seen(command, stamp, states)
    pending = _addressed(case, stamp.actor)
    refused = TransferRefused(
        case_id=command.case_id,
        transfer_id=pending.transfer_id,
        from_unit=pending.from_unit,
        refused_by=pending.to_unit,
        reason=command.reason,
        article=command.article,
    )
    return [New(KIND.stream(command.case_id), refused)]


def rule_ownership(command: RuleOwnership, stamp: Stamp, states: States) -> list[New]:
    """Rule on ownership: the leading-group office alone (XF 24)."""
    case = seen(command, stamp, states)
    still_open(case)
    if stamp.actor.role != "leading-group":
        raise NotYours("归属由领导小组办公室裁定。", may=["leading-group"])
    owner_to_be(command.to_unit, stamp, states)
    ruled = OwnershipRuled(
        case_id=command.case_id,
        from_unit=case.unit or "",
        to_unit=command.to_unit,
        article=command.article,
    )
    move = dossier.Move(command.case_id, "ruled", command.to_unit, case.hops)
    return [
        New(KIND.stream(command.case_id), ruled),
        *assigned(case, command.to_unit),
        *dossier.handed(move, case, states),
    ]


def _naming_a_unit(command: ProposeTransfer | RuleOwnership) -> Sequence[Read]:
    return (*case_and_known(command), rulebook.ORGANISATION)


RULES = (
    Rule(ProposeTransfer, _naming_a_unit, propose_transfer),
    Rule(AcceptTransfer, case_and_known, accept_transfer, dossier.along),
    Rule(RefuseTransfer, case_and_known, refuse_transfer),
    Rule(RuleOwnership, _naming_a_unit, rule_ownership, dossier.along),
)
