"""Answering: whoever spoke is answered 事事有回音, in the form the channel expects."""

from collections.abc import Sequence
from typing import Literal

from libs.events.command import Stamp
from libs.events.contracts.intake import ReplyFoundImpossible, ReplySent
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import New
from libs.ids import case_id as case_of
from services.intake import channel_item, known, notice
from services.intake.clue import (
    KIND,
    Clue,
    ClueCommand,
    clue_reads,
    held,
    on_clue,
)


class SendReply(ClueCommand):
    """Answer the clue's author; the text itself is kept in the vault."""

    form: Literal["spoken", "letter", "sms", "platform", "online"] | None = None
    conclusion: Code


class FindReplyImpossible(ClueCommand):
    """Find that nobody can be answered, for a coded reason."""

    reason: Literal["anonymous", "contact_invalid", "person_deceased", "declined"]


def reply(command: SendReply, stamp: Stamp, states: States) -> list[New]:
    """Answer; who left no contact can't be answered."""
    clue = held(command, stamp, states)
    if not clue.has_contact:
        raise Rejected("no-contact", "反映人没有留下联系方式，请登记“无法回复”。")
    _once(clue, command, states)
    said = {
        "clue_id": command.clue_id,
        "case_id": case_of(command.clue_id),
        "form": channel_item.form_of(clue.item, command.form),
        "conclusion": command.conclusion,
    }
    sent = ReplySent.model_validate(said)
    chosen = states.of(notice.KIND, case_of(command.clue_id))
    message = notice.answered(chosen, clue.answers, stamp)
    return [*on_clue(command, sent), *message]


def impossible(command: FindReplyImpossible, stamp: Stamp, states: States) -> list[New]:
    """Find an answer impossible; "anonymous" only when no contact was left."""
    clue = held(command, stamp, states)
    if command.reason == "anonymous" and clue.has_contact:
        raise Rejected("contact-left", "反映人留有联系方式，请回复本人。")
    _once(clue, command, states)
    found = ReplyFoundImpossible(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        reason=command.reason,
    )
    return on_clue(command, found)


def owed(clue: Clue, noted: known.Known) -> int:
    """Return how many answers were owed so far: one, one more each time it came."""
    return 1 + noted.reopened + clue.item.redispatched


def answered(clue: Clue, noted: known.Known) -> bool:
    """Say whether nothing is owed: each answer was given, or the channel advised."""
    return clue.answers >= owed(clue, noted) or clue.closed_not_wage


def _once(clue: Clue, command: ClueCommand, states: States) -> None:
    noted = states.of(known.KIND, case_of(command.clue_id))
    if clue.answers >= owed(clue, noted):
        raise Rejected("answered-already", "这条线索已经答复；重新打开后再答复。")


def _reply_reads(command: SendReply) -> list[Read]:
    chosen = Read(notice.KIND, case_of(command.clue_id))
    return [*clue_reads(command), chosen]


def _its_message(command: SendReply, states: States) -> Sequence[Read]:
    answers = states.of(KIND, command.clue_id).answers
    return notice.answer_reads(case_of(command.clue_id), answers)


RULES = (
    Rule(SendReply, _reply_reads, reply, _its_message),
    Rule(FindReplyImpossible, clue_reads, impossible),
)
