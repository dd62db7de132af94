"""Noting: facts of the other services come in, and close the case when all is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.routing import CaseClosed, CaseFactNoted
from libs.events.decider import Read, Rule, States
from libs.events.event import New
from services.routing import case, known
from services.routing.case import case_and_known


class NoteFact(Command):
    """Take in a fact of intake or enforcement about a case."""

    case_id: UUID
    fact: Literal[
        "filing_proposed", "filed", "concluded", "answered", "unanswerable",
        "closed_not_wage", "claim_opened", "claim_withdrawn",
    ]  # fmt: skip
    subject: UUID
    kind: Code | None = None
    unit: Code | None = None
    cause: UUID
    at: datetime


def note(command: NoteFact, _stamp: Stamp, states: States) -> list[New]:
    """Note the fact; with the last one owed the case closes."""
    noted = states.of(known.KIND, command.case_id)
    fact = CaseFactNoted(
        case_id=command.case_id,
        fact=command.fact,
        subject=command.subject,
        kind=command.kind,
        unit=command.unit,
        cause=command.cause,
        at=command.at,
    )
    news = [New(known.KIND.stream(command.case_id), fact, command.at)]
    held = states.of(case.KIND, command.case_id)
    after = known.evolve(noted, fact)
    kind = known.closing_kind(after, None if held.adopted else held.clue_id)
    if kind is not None and held.unit is not None and held.closed is None:
        closed = CaseClosed.model_validate({"case_id": command.case_id, "kind": kind})
        # An answer of before may be entered after the conclusion: the later closes.
        ended_at = max(command.at, after.last_at or command.at)
        news.append(New(case.KIND.stream(command.case_id), closed, ended_at))
    return news


def _reads(command: NoteFact) -> Sequence[Read]:
    return case_and_known(command)


RULES = (Rule(NoteFact, _reads, note),)
