"""12345 work orders 工单: their kind, what was urged, dispatched again and called back.

The hotline's own clock follows from the kind of order (CLK-80); an order that comes
again under its number is a new episode of the same clue (domain §5.9, 14).
"""

from datetime import date

from libs.events.command import Stamp
from libs.events.contracts.channels import (
    CallBack,
    CallBackRecorded,
    ClueRedispatched,
    ClueUrged,
    OrderKind,
    WorkOrderClassified,
)
from libs.events.decider import Rejected, Rule, States
from libs.events.event import New
from libs.ids import case_id as case_of
from services.intake import channel_item, known
from services.intake.answering import answered
from services.intake.clue import KIND, Clue, ClueCommand, clue_reads, on_clue

FOR_ANY = ("centre", "brigade", "leading-group")
"""Who takes down what a channel says of any unit's clue."""


class ClassifyOrder(ClueCommand):
    """Say of which kind a 12345 order is, and when it was received (CLK-80)."""

    order_kind: OrderKind
    received_on: date


class UrgeClue(ClueCommand):
    """Take down that the channel urged an answer 催单."""


class RedispatchOrder(ClueCommand):
    """Take down that an answered order was dispatched again 重办."""

    order_kind: OrderKind
    received_on: date


class RecordCallBack(ClueCommand):
    """Take down what the hotline's call-back 回访 found (S26)."""

    result: CallBack


def told(command: ClueCommand, stamp: Stamp, states: States) -> Clue:
    """Return the clue; its channel's words reach its holder and the first asked."""
    clue = states.of(KIND, command.clue_id)
    noted = states.of(known.KIND, case_of(command.clue_id))
    if clue.first_asked is None or stamp.actor.unit != clue.first_asked:
        known.holding(noted, clue.first_asked, stamp.actor, FOR_ANY)
    return clue


def _order(clue: Clue) -> None:
    if clue.channel != "12345":
        raise Rejected("not-an-order", "这不是 12345 工单。")


def classify(command: ClassifyOrder, stamp: Stamp, states: States) -> list[New]:
    """Say the kind once; another kind corrects it, before the answer."""
    clue = told(command, stamp, states)
    _order(clue)
    channel_item.approved(command.order_kind, stamp)
    channel_item.in_time(command.received_on, stamp)
    same = (command.order_kind, command.received_on)
    if same == (clue.item.order_kind, clue.item.received_on):
        raise Rejected("classified-already", "工单已是这一类别和收到日期。")
    if answered(clue, states.of(known.KIND, case_of(command.clue_id))):
        raise Rejected("answered-already", "工单已经答复，类别不再更改。")
    said = WorkOrderClassified(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        order_kind=command.order_kind,
        received_on=command.received_on,
    )
    return on_clue(command, said)


def urge(command: UrgeClue, stamp: Stamp, states: States) -> list[New]:
    """Note each urging while an answer is owed."""
    clue = told(command, stamp, states)
    if answered(clue, states.of(known.KIND, case_of(command.clue_id))):
        raise Rejected("answered-already", "这条线索已经答复；再次来件请登记重办。")
    urged = ClueUrged(clue_id=command.clue_id, case_id=case_of(command.clue_id))
    return on_clue(command, urged)


def redispatch(command: RedispatchOrder, stamp: Stamp, states: States) -> list[New]:
    """Begin the next episode of an answered order; unanswered, it is urged."""
    clue = told(command, stamp, states)
    _order(clue)
    channel_item.approved(command.order_kind, stamp)
    channel_item.in_time(command.received_on, stamp)
    if not answered(clue, states.of(known.KIND, case_of(command.clue_id))):
        raise Rejected("not-answered", "工单还没有答复：再次来电请登记催单。")
    again = ClueRedispatched(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        episode=clue.episode + clue.item.redispatched + 1,
        order_kind=command.order_kind,
        received_on=command.received_on,
    )
    return on_clue(command, again)


def call_back(command: RecordCallBack, stamp: Stamp, states: States) -> list[New]:
    """Add a call-back's result to an answered order; none is ever changed."""
    clue = told(command, stamp, states)
    _order(clue)
    if not clue.answers and not clue.closed_not_wage:
        raise Rejected("not-answered", "工单还没有答复，不能登记回访。")
    found = CallBackRecorded(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        result=command.result,
    )
    return on_clue(command, found)


RULES = (
    Rule(ClassifyOrder, clue_reads, classify),
    Rule(UrgeClue, clue_reads, urge),
    Rule(RedispatchOrder, clue_reads, redispatch),
    Rule(RecordCallBack, clue_reads, call_back),
)
