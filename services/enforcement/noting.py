"""Noting: who owns a case, and rows of an agency's history as claims."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.calendar.local_days import start_of_day
from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import (
    CaseFactNoted,
    ClaimListed,
    ClaimOpened,
    ClaimOrdered,
    FactsVerified,
    WagesPaid,
)
from libs.events.contracts.intake import HistoryImported
from libs.events.contracts.parts import Code, Proof
from libs.events.decider import Read, Rule, States
from libs.events.event import Event, New, Precision
from libs.ids import named
from libs.money import Money
from services.enforcement import claim, known


class NoteFact(Command):
    """Take in a fact of routing or intake about a case."""

    case_id: UUID
    fact: Literal[
        "opened", "owned", "proposed", "refused", "closed", "reopened",
        "clue_registered", "closed_not_wage",
    ]  # fmt: skip
    unit: Code | None = None
    clue_id: UUID | None = None
    kind: Code | None = None
    history: bool = False
    cause: UUID
    at: datetime | None = None


class OpenHistory(Command):
    """Take in one row of an agency's sheet as a claim, with what happened then."""

    row: HistoryImported


class ListAdopted(Command):
    """List the claim of an adopted row, and note who owns its case from now on."""

    case_id: UUID
    claim_id: UUID
    unit: Code
    imported_by: Code
    cause: UUID
    at: datetime | None = None


def note(command: NoteFact, _stamp: Stamp, _states: States) -> list[New]:
    """Note the fact on enforcement's own stream of the case."""
    said = command.model_dump(exclude={"at"})
    stream, key = known.KIND.stream(command.case_id), str(command.case_id)
    fact = CaseFactNoted.model_validate(said)
    return [New(stream, fact, command.at, partition_key=key)]


def list_adopted(command: ListAdopted, _stamp: Stamp, _states: States) -> list[New]:
    """Make the row's claim one that officers act on; its amounts stay as imported."""
    said: dict[str, object] = {"case_id": command.case_id, "cause": command.cause}
    facts: tuple[Event, ...] = (
        CaseFactNoted.model_validate(
            {**said, "fact": "opened", "unit": command.imported_by}
        ),
        CaseFactNoted.model_validate({**said, "fact": "owned", "unit": command.unit}),
        ClaimListed(case_id=command.case_id, claim_id=command.claim_id),
    )
    stream, key = known.KIND.stream(command.case_id), str(command.case_id)
    return [New(stream, fact, command.at, partition_key=key) for fact in facts]


def open_history(command: OpenHistory, _stamp: Stamp, states: States) -> list[New]:
    """Record what the sheet says, once; zero was read and is no payment.

    Nobody acts on history until it is adopted: its case is not listed here.
    """
    row = command.row
    if states.of(claim.KIND, row.claim_id).case_id is not None:
        return []
    stream, key = claim.KIND.stream(row.claim_id), str(row.case_id)
    facts = ((_opened(row), row.received_on), *_later(row))
    return [_dated(stream, fact, on, key) for fact, on in facts]


def _dated(stream: str, fact: Event, on: date | None, key: str) -> New:
    if on is None:
        return New(stream, fact, None, Precision.UNKNOWN, partition_key=key)
    return New(stream, fact, start_of_day(on), Precision.DAY, partition_key=key)


def _opened(row: HistoryImported) -> ClaimOpened:
    return ClaimOpened(
        claim_id=row.claim_id,
        case_id=row.case_id,
        clue_id=row.clue_id,
        ordinal=1,
        person_id=named("person-of-row", row.row_id),
        employer=row.employer,
        claimed=row.claimed,
        months_from=row.month,
        months_to=row.month,
        history=True,
    )


def _later(row: HistoryImported) -> Iterator[tuple[Event, date | None]]:
    if row.verified is not None:
        verified = FactsVerified(
            claim_id=row.claim_id,
            case_id=row.case_id,
            clue_id=row.clue_id,
            verified=row.verified,
            evidence=(),
        )
        yield verified, row.received_on
    if row.ordered is not None:
        ordered = ClaimOrdered(
            claim_id=row.claim_id,
            case_id=row.case_id,
            order_id=named("order-of-row", row.row_id),
            amount=row.ordered,
        )
        yield ordered, row.ordered_on
    if row.paid is not None and row.paid.minor > 0:
        yield _paid(row, row.paid), row.paid_on or row.closed_on


def _paid(row: HistoryImported, amount: Money) -> WagesPaid:
    return WagesPaid(
        claim_id=row.claim_id,
        case_id=row.case_id,
        payment_id=named("payment-of-row", row.row_id),
        person_id=named("person-of-row", row.row_id),
        amount=amount,
        payer="employer",
        proof=Proof(kind="imported-row"),
        recorder_id=row.import_id,
        history=True,
    )


def _note_reads(command: NoteFact | ListAdopted) -> Sequence[Read]:
    return [Read(known.KIND, command.case_id)]


def _row_reads(command: OpenHistory) -> Sequence[Read]:
    return [Read(claim.KIND, command.row.claim_id)]


RULES = (
    Rule(NoteFact, _note_reads, note),
    Rule(ListAdopted, _note_reads, list_adopted),
    Rule(OpenHistory, _row_reads, open_history),
)
