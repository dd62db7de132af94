"""Noting: who owns a clue's case, and when all its claims were verified."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.intake import CaseFactNoted, ClaimFactNoted, ClueVerified
from libs.events.contracts.merges import CaseMergeNoted
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rule, States
from libs.events.event import New
from services.intake import known
from services.intake.clue import KIND, ClueCommand, clue_reads, on_clue


class NoteFact(Command):
    """Take in a fact of routing about a case."""

    case_id: UUID
    fact: Literal["owned", "proposed", "concluded", "closed", "reopened"]
    unit: Code | None = None
    cause: UUID
    at: datetime | None = None


class NoteMerge(Command):
    """Take in that a case, owned by `unit`, went into another."""

    case_id: UUID
    other_case_id: UUID
    unit: Code
    cause: UUID
    at: datetime | None = None


class MarkVerified(ClueCommand):
    """Mark the clue verified: all its claims were (a reaction)."""

    case_id: UUID
    claim_id: UUID
    fact: Literal["opened", "arrears", "no_arrears", "withdrawn"]
    cause: UUID


def note(command: NoteFact, _stamp: Stamp, _states: States) -> list[New]:
    """Note the fact on intake's own stream of the case."""
    fact = CaseFactNoted.model_validate(command.model_dump(exclude={"at"}))
    return [New(known.KIND.stream(command.case_id), fact, command.at)]


def note_merge(command: NoteMerge, _stamp: Stamp, _states: States) -> list[New]:
    """Note it at the case that goes on."""
    said = command.model_dump(exclude={"at"})
    fact = CaseMergeNoted.model_validate({**said, "fact": "took_in"})
    return [New(known.KIND.stream(command.case_id), fact, command.at)]


def mark_verified(command: MarkVerified, _stamp: Stamp, states: States) -> list[New]:
    """Note a claim's fact; when the last is verified, so is the clue (S08, S09)."""
    fact = ClaimFactNoted(
        clue_id=command.clue_id,
        claim_id=command.claim_id,
        fact=command.fact,
        cause=command.cause,
    )
    noted = known.evolve(states.of(known.KIND, command.case_id), fact)
    news = [New(known.KIND.stream(command.case_id), fact, command.occurred_at)]
    found = known.finding(noted)
    before = states.of(KIND, command.clue_id)
    if found is None or found == before.verified or before.first_asked is None:
        return news
    verified = ClueVerified.model_validate(
        {"clue_id": command.clue_id, "case_id": command.case_id, "result": found}
    )
    return [*news, *on_clue(command, verified)]


def _note_reads(command: NoteFact | NoteMerge) -> Sequence[Read]:
    return [Read(known.KIND, command.case_id)]


RULES = (
    Rule(NoteFact, _note_reads, note),
    Rule(NoteMerge, _note_reads, note_merge),
    Rule(MarkVerified, clue_reads, mark_verified),
)
