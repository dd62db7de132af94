"""Noting: facts of the other services come in, and close the case when all is done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.routing import (
    CaseClosed,
    CaseFactNoted,
    ClaimCountNoted,
)
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


class CountClaim(Command):
    """Take in that a claim is counted in another one's stead no more, or again."""

    case_id: UUID
    claim_id: UUID
    counted: bool
    cause: UUID
    at: datetime


def note(command: NoteFact, _stamp: Stamp, states: States) -> list[New]:
    """Note the fact; with the last one owed the case closes.

    An answer to a clue whose case was merged is noted there too: it waits for it.
    """
    news = _noted(command, command.case_id, command.fact, states)
    into = states.of(known.KIND, command.case_id).into
    if into is None or command.fact not in ANSWERS:
        return news
    return [*news, *_noted(command, into, "answered", states)]


ANSWERS = frozenset({"answered", "unanswerable", "closed_not_wage"})


def _noted(command: NoteFact, case_id: UUID, name: str, states: States) -> list[New]:
    said = command.model_dump() | {"case_id": case_id, "fact": name}
    fact = CaseFactNoted.model_validate(said)
    after = known.evolve(states.of(known.KIND, case_id), fact)
    noted = New(known.KIND.stream(case_id), fact, command.at)
    held = states.of(case.KIND, case_id)
    return [noted, *closing(held, after, case_id, command.at)]


def closing(
    held: case.Case, noted: known.Known, case_id: UUID, at: datetime
) -> list[New]:
    """Return the end of a case, when nothing is owed on it any more."""
    kind = known.closing_kind(noted, held.waiting)
    if kind is None or held.unit is None or held.closed is not None:
        return []
    closed = CaseClosed.model_validate({"case_id": case_id, "kind": kind})
    # An answer of before may be entered after the conclusion: the later closes.
    return [New(case.KIND.stream(case_id), closed, max(at, noted.last_at or at))]


def count(command: CountClaim, _stamp: Stamp, states: States) -> list[New]:
    """Note whether a claim counts; what is so already is not noted again."""
    noted = states.of(known.KIND, command.case_id)
    if (command.claim_id not in noted.duplicates) == command.counted:
        return []
    fact = ClaimCountNoted.model_validate(command.model_dump(exclude={"at"}))
    return [New(known.KIND.stream(command.case_id), fact, command.at)]


def _into(command: NoteFact, states: States) -> Sequence[Read]:
    into = states.of(known.KIND, command.case_id).into
    return [] if into is None else [Read(case.KIND, into), Read(known.KIND, into)]


def _known(command: CountClaim) -> Sequence[Read]:
    return [Read(known.KIND, command.case_id)]


RULES = (
    Rule(NoteFact, case_and_known, note, _into),
    Rule(CountClaim, _known, count),
)
