"""Clues of the national platform 根治欠薪线索反映平台: received, signed for, answered.

No official limit was found; the clocks of signing, checking and concluding are the
campaign's own data (CLK-85, F-2.2.3a). `ClueVerified` checks, `ReplySent` concludes.
"""

from datetime import date

from libs.events.command import Stamp
from libs.events.contracts.channels import ClueAccepted
from libs.events.decider import Rejected, Rule, States
from libs.events.event import New
from libs.ids import case_id as case_of
from services.intake import channel_item, known
from services.intake.channel_item import PlatformClue
from services.intake.clue import KIND, ClueCommand, clue_reads, on_clue
from services.intake.work_orders import told


class ReceivePlatformClue(ClueCommand):
    """Enter a clue of the platform with the day on which it flowed in (CLK-85)."""

    received_on: date


class AcceptClue(ClueCommand):
    """Sign for a platform clue 签收, as the unit that holds it (F-2.2.3a)."""


def receive(command: ReceivePlatformClue, stamp: Stamp, states: States) -> list[New]:
    """Enter once."""
    clue = told(command, stamp, states)
    if clue.item.kind is not None:
        raise Rejected("platform-clue-received", "这条平台线索已经登记流入日期。")
    entry = PlatformClue(received_on=command.received_on)
    ids = (command.clue_id, case_of(command.clue_id))
    facts = channel_item.entered(entry, clue.channel, ids, stamp)
    return on_clue(command, *facts)


def accept(command: AcceptClue, stamp: Stamp, states: States) -> list[New]:
    """Sign once; only the unit that holds it, or the district for it."""
    clue = states.of(KIND, command.clue_id)
    noted = states.of(known.KIND, case_of(command.clue_id))
    known.holding(noted, clue.first_asked, stamp.actor, ("brigade",))
    if clue.item.kind != "platform_clue":
        raise Rejected("receive-first", "请先登记平台线索的流入日期。")
    if clue.item.accepted:
        raise Rejected("accepted-already", "这条线索已经签收。")
    signed = ClueAccepted(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        unit=noted.unit or clue.first_asked or stamp.actor.unit,
    )
    return on_clue(command, signed)


RULES = (
    Rule(ReceivePlatformClue, clue_reads, receive),
    Rule(AcceptClue, clue_reads, accept),
)
