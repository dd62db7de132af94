"""One case of a story: what its services say of it, act by act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs import ids
from libs.calendar.deadlines import CountedDay
from libs.events.contracts.clocks import DeadlineSet, DeadlineStopped
from libs.events.contracts.enforcement import (
    CaseConcluded,
    CaseFiled,
    ClaimOpened,
    ClaimOrdered,
    FactsVerified,
    PaymentOrdered,
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.contracts.intake import ClueRegistered, ClueVerified, ReplySent
from libs.events.contracts.parts import Employer, OrderLine, Proof
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CaseTransferred,
    TransferProposed,
)
from libs.events.event import Event
from libs.money import Money
from tests.told_story import Story

EMPLOYER = Employer(employer_id=ids.named("e"), name="演示甲餐饮有限公司（虚构）")
CAMPAIGN = ids.named("test-campaign")


def yuan(whole: int) -> Money:
    """Return whole yuan."""
    return Money(minor=whole * 100, currency="CNY")


@dataclass(frozen=True)
class Matter:
    """One case of the story, with its claims by ordinal."""

    story: Story
    number: int

    @property
    def clue_id(self) -> UUID:
        return ids.clue_id("310199000000", "window", str(self.number))

    @property
    def case_id(self) -> UUID:
        return ids.case_id(self.clue_id)

    def claim(self, ordinal: int) -> UUID:
        return ids.claim_id(self.clue_id, ordinal)

    def person(self, ordinal: int) -> UUID:
        return ids.named("test-person", self.number, ordinal)

    def payment(self, number: int) -> UUID:
        return ids.named("test-payment", self.case_id, number)

    def registered(self, at: datetime, *, history: bool = False) -> None:
        """Register the clue at the window; routing opens its case at once."""
        clue = ClueRegistered(
            clue_id=self.clue_id,
            case_id=self.case_id,
            kind="complaint",
            channel="window",
            first_asked_unit="LC",
            employer=EMPLOYER,
            worker_count=2,
            history=history,
        )
        self.story.say("intake", f"clue-{self.clue_id}", clue, at)
        opened = CaseOpened(
            clue_id=self.clue_id,
            case_id=self.case_id,
            first_asked_unit="LC",
            channel="window",
            employer_id=EMPLOYER.employer_id,
            history=history,
        )
        self._routing(opened, at)
        self._routing(
            CaseAssigned(case_id=self.case_id, unit="LC", history=history), at
        )

    def _routing(self, event: Event, at: datetime) -> UUID:
        return self.story.say("routing", f"case-{self.case_id}", event, at)

    def _proceeding(self, event: Event, at: datetime) -> UUID:
        stream = f"proceeding-{self.case_id}"
        return self.story.say("enforcement", stream, event, at)

    def on_claim(
        self, ordinal: int, event: Event, at: datetime, occurred: datetime | None = None
    ) -> UUID:
        """Say something of a claim."""
        stream = f"claim-{self.claim(ordinal)}"
        return self.story.say("enforcement", stream, event, at, occurred)

    def moved(self, at: datetime, to_unit: str, hop: int = 1) -> None:
        """Hand the case on."""
        received = CaseTransferred(
            case_id=self.case_id,
            transfer_id=ids.named("t", self.case_id, hop),
            from_unit="LC",
            to_unit=to_unit,
            hop=hop,
            reason="area",
            article=None,
        )
        self._routing(received, at)

    def asked(self, at: datetime, to_unit: str, hop: int = 1) -> None:
        """Propose to hand the case on."""
        proposed = TransferProposed(
            case_id=self.case_id,
            transfer_id=ids.named("t", self.case_id, hop),
            from_unit="LC",
            to_unit=to_unit,
            reason="industry",
        )
        self._routing(proposed, at)

    def adopted(self, at: datetime, unit: str) -> None:
        """Adopt an imported row."""
        taken = CaseAdopted(
            case_id=self.case_id, clue_id=self.clue_id, unit=unit, imported_by="LC"
        )
        self._routing(taken, at)

    def verified(self, at: datetime, amounts: Mapping[int, int]) -> None:
        """Open the claims, verify them, and the clue with the last."""
        for ordinal, amount in amounts.items():
            claim_id = self.claim(ordinal)
            opened = ClaimOpened(
                claim_id=claim_id,
                case_id=self.case_id,
                clue_id=self.clue_id,
                ordinal=ordinal,
                person_id=self.person(ordinal),
                employer=EMPLOYER,
                claimed=yuan(amount + 10),
            )
            found = FactsVerified(
                claim_id=claim_id,
                case_id=self.case_id,
                clue_id=self.clue_id,
                verified=yuan(amount),
                evidence=(),
            )
            self.on_claim(ordinal, opened, at)
            self.on_claim(ordinal, found, at)
        result = "arrears" if any(amounts.values()) else "no_arrears"
        said = {"clue_id": self.clue_id, "case_id": self.case_id, "result": result}
        event = ClueVerified.model_validate(said)
        self.story.say("intake", f"clue-{self.clue_id}", event, at)

    def filed(self, at: datetime) -> None:
        """File the case at the district."""
        officers = (ids.named("o", 1), ids.named("o", 2))
        filed = CaseFiled(case_id=self.case_id, unit="DB", officer_ids=officers)
        self._proceeding(filed, at)

    def ordered(self, at: datetime, amounts: Mapping[int, int]) -> None:
        """Order these amounts by claim."""
        order_id = ids.named("order", self.case_id, at)
        lines = tuple(
            OrderLine(claim_id=self.claim(n), amount=yuan(v))
            for n, v in amounts.items()
        )
        order = PaymentOrdered(
            case_id=self.case_id,
            order_id=order_id,
            pay_by=at.date(),
            lines=lines,
        )
        self._proceeding(order, at)
        for line in lines:
            part = ClaimOrdered(
                case_id=self.case_id,
                claim_id=line.claim_id,
                order_id=order_id,
                amount=line.amount,
            )
            stream = f"claim-{line.claim_id}"
            self.story.say("enforcement", stream, part, at)

    def _money(self, number: int, ordinal: int, amount: int) -> dict[str, object]:
        return {
            "claim_id": self.claim(ordinal),
            "case_id": self.case_id,
            "payment_id": self.payment(number),
            "person_id": self.person(ordinal),
            "amount": yuan(amount),
        }

    def paid(
        self,
        at: datetime,
        line: tuple[int, int, int],
        occurred: datetime | None = None,
    ) -> UUID:
        """Pay: number of the payment, ordinal of the claim, yuan."""
        proof = Proof(kind="slip")
        said = {**self._money(*line), "payer": "employer", "proof": proof}
        event = WagesPaid.model_validate({**said, "recorder_id": self.case_id})
        return self.on_claim(line[1], event, at, occurred)

    def confirmed(self, at: datetime, line: tuple[int, int, int]) -> None:
        """Confirm a payment."""
        said = {**self._money(*line), "method": "call"}
        self.on_claim(line[1], WageReceiptConfirmed.model_validate(said), at)

    def reversed(self, at: datetime, line: tuple[int, int, int]) -> None:
        """Reverse a payment that was not confirmed."""
        said = {**self._money(*line), "confirmed_before": False, "reason": "r"}
        self.on_claim(line[1], WagePaymentReversed.model_validate(said), at)

    def ended(self, at: datetime) -> None:
        """Conclude, answer and close."""
        done = CaseConcluded(case_id=self.case_id, kind="paid", by_district=True)
        self._proceeding(done, at)
        both = {"clue_id": self.clue_id, "case_id": self.case_id}
        reply = ReplySent(**both, form="spoken", conclusion="paid")
        self.story.say("intake", f"clue-{self.clue_id}", reply, at)
        self._routing(CaseClosed(case_id=self.case_id, kind="paid"), at)

    def clock(
        self,
        clock: str,
        at: datetime,
        due: datetime,
        days: tuple[CountedDay, ...] = (),
    ) -> None:
        """Let a clock run until it is due."""
        said = DeadlineSet(
            deadline_id=ids.deadline_id(clock, self.case_id),
            clock=clock,
            case_id=self.case_id,
            subject=self.case_id,
            unit="DB",
            article="LIR 17",
            rule_version=1,
            calendar_version="test",
            start_event=self.case_id,
            start_on=at.date(),
            due_on=(due - timedelta(days=1)).date(),
            due_at=due,
            provisional=False,
            days=days,
        )
        self.story.say("routing", f"deadline-{said.deadline_id}", said, at)

    def stopped(self, clock: str, at: datetime, legal: datetime) -> None:
        """Stop a clock with a fact of another day."""
        this = ids.deadline_id(clock, self.case_id)
        said = DeadlineStopped(
            deadline_id=this,
            clock=clock,
            case_id=self.case_id,
            by_event=this,
            by_type="InvestigationCompleted",
            stopped_at=legal,
            in_time=True,
        )
        self.story.say("routing", f"deadline-{this}", said, at)
