"""A view and a register over events of the contracts: what real topics can hold."""

from dataclasses import dataclass

from libs.events.contracts.enforcement import CaseFiled, ClaimWithdrawn
from libs.events.event import Event, Recorded
from libs.events.views.testing import Told, told
from libs.events.views.view import Register, View
from tests.views_sample import box


@dataclass(frozen=True)
class Filing:
    """How often a claim was withdrawn, and by which reasons."""

    reasons: tuple[str, ...]


def evolve(row: Filing | None, event: Recorded) -> Filing | None:
    """Fold one withdrawal."""
    match event.fact():
        case ClaimWithdrawn() as withdrawn:
            before = () if row is None else row.reasons
            return Filing((*before, withdrawn.reason))
        case _:
            return row


@dataclass(frozen=True)
class Reason:
    """Why a claim was withdrawn, once."""

    reason: str


def reasons(event: Recorded) -> list[Reason]:
    """Return the one line of a withdrawal."""
    match event.fact():
        case ClaimWithdrawn() as withdrawn:
            return [Reason(withdrawn.reason)]
        case _:
            return []


HEARD = (ClaimWithdrawn,)
FILINGS = View("filings", 1, ("enforcement",), Filing, HEARD, evolve)
REASONS = Register("reasons", 1, ("enforcement",), Reason, HEARD, reasons)


def withdrawn(number: int, reason: str) -> Event:
    """Return a withdrawal of a numbered claim."""
    case, claim, clue = box(1), box(number), box(2)
    return ClaimWithdrawn(claim_id=claim, case_id=case, clue_id=clue, reason=reason)


def claims(count: int) -> list[Told]:
    """Return stories of three events: withdrawn, filed (nobody hears it), withdrawn."""
    filed = CaseFiled(case_id=box(1), unit="DB", officer_ids=())
    return [
        told(f"claim-{box(n)}", withdrawn(n, f"r{n}"), filed, withdrawn(n, "again"))
        for n in range(count)
    ]
