"""The claim: one worker's money against one employer, in five amounts.

Claimed, verified, ordered, paid and confirmed never overwrite each other (domain §0,
9). Payable is the latest in force of order and verified; where none is, it is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, TypedDict
from uuid import UUID

from libs.events.command import Command
from libs.events.contracts.enforcement import (
    ClaimOpened,
    ClaimOrdered,
    ClaimWithdrawn,
    FactsVerified,
    WagePaymentDisputed,
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.contracts.groups import (
    ClaimConfirmedByWorker,
    ClaimDisclaimed,
    RepresentedConsentRecorded,
)
from libs.events.contracts.merging import (
    ClaimDuplicateLifted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.decider import Kind, NotVisible, Read, Rejected, States
from libs.events.event import Event, New
from libs.money import Money
from services.enforcement import known

RosterWord = Literal["unconfirmed", "confirmed", "disclaimed"]
NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Payment:
    """One payment to the worker and what became of it."""

    amount: Money
    recorder: UUID
    at: datetime | None = None
    confirmed: bool = False
    disputed: bool = False
    reversed: bool = False


@dataclass(frozen=True)
class Claim:
    """What decisions ask of a claim.

    `case_id` is the case that it is in, `opened_in` the one it was opened in, for
    ever its place on the topic; `duplicate_of` the claim that counts in its stead.
    `roster`: what the worker says of a claim that a roster named, `recorder` who took
    that roster in; None: the claim is the worker's own. `consents`: to what a
    representative may do with it.
    """

    case_id: UUID | None = None
    clue_id: UUID | None = None
    person_id: UUID | None = None
    currency: str = "CNY"
    verified: Money | None = None
    ordered: Money | None = None
    payments: Mapping[UUID, Payment] = field(default_factory=dict)
    withdrawn: bool = False
    opened_in: UUID | None = None
    duplicate_of: UUID | None = None
    roster: RosterWord | None = None
    recorder: UUID | None = None
    consents: frozenset[str] = frozenset()

    @property
    def counts(self) -> bool:
        """Say whether it is in the totals: neither given up nor counted elsewhere."""
        return not self.withdrawn and self.duplicate_of is None

    @property
    def payable(self) -> Money | None:
        """Return what is owed by the latest act in force, or None: unknown."""
        return self.ordered or self.verified

    @property
    def paid(self) -> int:
        """Return the minor units paid and not reversed."""
        return sum(p.amount.minor for p in self.payments.values() if not p.reversed)

    @property
    def done(self) -> bool:
        """Say whether nothing is left to pay, or it counts no more."""
        owed = self.payable
        return not self.counts or (owed is not None and self.paid >= owed.minor)

    @property
    def disputed(self) -> bool:
        """Say whether a payment stands that the worker says did not arrive."""
        return any(p.disputed and not p.reversed for p in self.payments.values())

    def covers(self, amount: Money) -> bool:
        """Say whether payments that stand cover an amount."""
        return self.paid >= amount.minor

    def covered_at(self, amount: Money) -> datetime | None:
        """Return when payments covered an amount, in the order they were made.

        None: they do not, or the payment that completed it has no time.
        """
        standing = [p for p in self.payments.values() if not p.reversed]
        sum_so_far = 0
        for payment in sorted(standing, key=lambda p: p.at or NO_TIME):
            sum_so_far += payment.amount.minor
            if sum_so_far >= amount.minor:
                return payment.at
        return None


def evolve(claim: Claim, event: Event) -> Claim:
    """Fold one event of a claim's stream."""
    match event:
        case ClaimOpened():
            return _opened(event)
        case FactsVerified():
            return replace(claim, verified=event.verified)
        case ClaimOrdered():
            return replace(claim, ordered=event.amount)
        case ClaimWithdrawn():
            return replace(claim, withdrawn=True)
        case ClaimMoved() | ClaimMarkedDuplicate() | ClaimDuplicateLifted():
            return _merged(claim, event)
        case (
            ClaimConfirmedByWorker() | ClaimDisclaimed() | RepresentedConsentRecorded()
        ):
            return _worded(claim, event)
        case _:
            return _moved(claim, event)


def _opened(event: ClaimOpened) -> Claim:
    return Claim(
        event.case_id,
        event.clue_id,
        event.person_id,
        event.claimed.currency if event.claimed else "CNY",
        opened_in=event.case_id,
        roster="unconfirmed" if event.roster_only else None,
        recorder=event.recorder_id,
    )


def _worded(
    claim: Claim,
    event: ClaimConfirmedByWorker | ClaimDisclaimed | RepresentedConsentRecorded,
) -> Claim:
    match event:
        case ClaimConfirmedByWorker():
            return replace(claim, roster="confirmed")
        case ClaimDisclaimed():
            return replace(claim, roster="disclaimed")
        case RepresentedConsentRecorded():
            return replace(claim, consents=claim.consents | {event.matter})


def _merged(
    claim: Claim, event: ClaimMoved | ClaimMarkedDuplicate | ClaimDuplicateLifted
) -> Claim:
    match event:
        case ClaimMoved():
            return replace(claim, case_id=event.case_id)
        case ClaimMarkedDuplicate():
            return replace(claim, duplicate_of=event.of_claim_id)
        case ClaimDuplicateLifted():
            return replace(claim, duplicate_of=None)


Step = WageReceiptConfirmed | WagePaymentDisputed | WagePaymentReversed
STEPS = (WageReceiptConfirmed, WagePaymentDisputed, WagePaymentReversed)


def _moved(claim: Claim, event: Event) -> Claim:
    if isinstance(event, WagesPaid):
        paid = Payment(event.amount, event.recorder_id, event.paid_at)
        return replace(claim, payments={**claim.payments, event.payment_id: paid})
    if not isinstance(event, STEPS) or event.payment_id not in claim.payments:
        return claim
    payment = _stepped(claim.payments[event.payment_id], event)
    return replace(claim, payments={**claim.payments, event.payment_id: payment})


def _stepped(payment: Payment, event: Step) -> Payment:
    match event:
        case WageReceiptConfirmed():
            return replace(payment, confirmed=True, disputed=False)
        case WagePaymentDisputed():
            return replace(payment, confirmed=False, disputed=True)
        case WagePaymentReversed():
            return replace(payment, confirmed=False, reversed=True)


KIND = Kind("claim", Claim(), evolve)


class ClaimCommand(Command):
    """A command about one claim of one case; the fact may be older than its entry."""

    case_id: UUID
    claim_id: UUID
    occurred_at: datetime | None = None


def claim_reads(command: ClaimCommand) -> list[Read]:
    """Name the claim's stream and what is known of the case it is asked about."""
    return [Read(KIND, command.claim_id), Read(known.KIND, command.case_id)]


def then_reads(command: ClaimCommand, states: States) -> list[Read]:
    """Name what is known of the case that the claim is in now."""
    return [Read(known.KIND, _case_now(command, states))]


def _case_now(command: ClaimCommand, states: States) -> UUID:
    claim = states.of(KIND, command.claim_id)
    asked = command.case_id in {claim.case_id, claim.opened_in}
    return claim.case_id if asked and claim.case_id else command.case_id


def noted_of(command: ClaimCommand, states: States) -> known.Known:
    """Return what is known of the case that the claim is in now.

    A worker's code still names the case that the claim was opened in.
    """
    noted: known.Known = states.of(known.KIND, _case_now(command, states))
    return noted


def claim_of(command: ClaimCommand, states: States) -> Claim:
    """Return the claim; raises NotVisible when it never was of that case."""
    claim = states.of(KIND, command.claim_id)
    if claim.case_id is None or _case_now(command, states) != claim.case_id:
        raise NotVisible
    return claim


def counted(claim: Claim) -> None:
    """Raise when another claim counts in its stead: acts belong there."""
    if claim.duplicate_of is not None:
        raise Rejected(
            "claim-duplicate", "这笔请求已标记为重复，请在对应的请求上办理。"
        )


class Whose(TypedDict):
    """The ids that an event of a claim carries: its own, its case's and its clue's."""

    claim_id: UUID
    case_id: UUID
    clue_id: UUID


def whose(command: ClaimCommand, claim: Claim) -> Whose:
    """Return whose an event on the command's claim is."""
    return Whose(
        claim_id=command.claim_id,
        case_id=claim.case_id or command.case_id,
        clue_id=claim.clue_id or command.case_id,
    )


def on_claim(command: ClaimCommand, claim: Claim, event: Event) -> list[New]:
    """Put an event on the command's claim, under the partition key it began with."""
    stream, key = KIND.stream(command.claim_id), str(claim.opened_in)
    return [New(stream, event, command.occurred_at, partition_key=key)]
