"""Random histories of clues over three services, and what the figures must say of them.

The oracle folds the events by the definitions of domain §4.2 alone: it knows no table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from libs.events.command import Command
from libs.events.contracts.duplicates import ClueLinkedAsDuplicate, ClueUnlinked
from libs.events.contracts.enforcement import (
    ClaimOpened,
    ClaimWithdrawn,
    FactsVerified,
    WagePaymentReversed,
    WagesPaid,
)
from libs.events.contracts.intake import ClueRegistered, ClueVerified
from libs.events.contracts.merging import ClaimDuplicateLifted, ClaimMarkedDuplicate
from libs.events.event import Event, Recorded
from libs.ids import case_id, claim_id, named
from libs.money import Money
from services.enforcement import claim
from services.enforcement.payment import (
    ConfirmReceipt,
    RecordWagesPaid,
    ReversePayment,
)
from services.enforcement.splitting import SplitClaims
from services.enforcement.verification import VerifyFacts, WithdrawClaim
from services.routing import case
from tests.told_story import Story
from tests.unit import told_clues
from tests.unit.offices import by, on
from tests.unit.three_services import World

WORKERS = {"A": 2, "B": 2, "C": 1}
ACTS = ("link", "unlink", "rule", "split", "split", "withdraw", "conclude", "reply")
MONEY = ("verify", "verify", "verify", "pay", "pay", "pay", "reverse", "confirm")
MOST = 20
YUAN = (0, 40, 100)
FIRST = on(1, 1, year=2023)
Figures = Mapping[str, frozenset[UUID]]


@dataclass
class Told:
    """Everything that was said up to a moment at which nothing is under way."""

    said: list[Event]
    linked: dict[UUID, UUID] = field(default_factory=dict)
    found: dict[UUID, str] = field(default_factory=dict)
    clue: dict[UUID, UUID] = field(default_factory=dict)
    verified: dict[UUID, int] = field(default_factory=dict)
    paid: dict[UUID, int] = field(default_factory=dict)
    people: dict[UUID, int] = field(default_factory=dict)
    payments: set[UUID] = field(default_factory=set)
    registered: dict[UUID, UUID] = field(default_factory=dict)
    out: set[UUID] = field(default_factory=set)
    twice: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Fold what was said."""
        for event in self.said:
            self._heard(event)

    def _heard(self, event: Event) -> None:
        match event:
            case ClueRegistered():
                self.registered[event.clue_id] = event.case_id
            case ClueLinkedAsDuplicate():
                self.linked[event.case_id] = event.of_case_id
            case ClueUnlinked():
                self.linked.pop(event.case_id, None)
            case ClueVerified():
                self.found[event.case_id] = event.result
            case _:
                self._heard_of_claim(event)

    def _heard_of_claim(self, event: Event) -> None:
        match event:
            case ClaimOpened():
                self.clue[event.claim_id] = event.clue_id
            case FactsVerified():
                self.verified[event.claim_id] = event.verified.minor
            case ClaimWithdrawn():
                self.out.add(event.claim_id)
            case ClaimMarkedDuplicate():
                self.twice.add(event.claim_id)
            case ClaimDuplicateLifted():
                self.twice.discard(event.claim_id)
            case WagesPaid():
                self.payments.add(event.payment_id)
                self._moved(event, event.amount.minor)
            case WagePaymentReversed():
                self.payments.discard(event.payment_id)
                self._moved(event, -event.amount.minor)
            case _:
                pass

    def _moved(self, event: WagesPaid | WagePaymentReversed, minor: int) -> None:
        self.paid[event.claim_id] = self.paid.get(event.claim_id, 0) + minor
        self.people[event.person_id] = self.people.get(event.person_id, 0) + minor

    def figures(self) -> Figures:
        """Return the subjects of S06 to S10: cases, and then facts."""
        cases = frozenset(self.registered.values())
        arrears = [c for c, result in self.found.items() if result == "arrears"]
        return {
            "S06": cases,
            "S07": frozenset(map(self._fact, cases)),
            "S08": frozenset(map(self._fact, self.found)),
            "S09": (facts := frozenset(map(self._fact, arrears))),
            "S10": facts - self._missing(),
        }

    def workers(self) -> int:
        """Return how many workers have money, however many instalments (人)."""
        return sum(minor > 0 for minor in self.people.values())

    def _fact(self, this: UUID) -> UUID:
        while this in self.linked:
            this = self.linked[this]
        return this

    def _missing(self) -> frozenset[UUID]:
        return frozenset(
            self._fact(self.registered[self.clue[this]])
            for this, owed in self.verified.items()
            if owed > self.paid.get(this, 0) and this not in self.out | self.twice
        )


@dataclass
class Life:
    """One history: its events in order, and after which of them nothing was waiting."""

    seed: int
    world: World
    quiet: list[int]

    @property
    def starts_at(self) -> datetime:
        """A day of its own, so that figures of a period are this history's alone."""
        return FIRST + timedelta(days=self.seed % 10_000)

    def at(self, number: int) -> datetime:
        """Return when its n-th event was recorded, counted from one."""
        return self.starts_at + timedelta(seconds=number)

    def records(self, before: Mapping[str, int]) -> Iterator[Recorded]:
        """Yield it as journals hold it, behind so many events of each service."""
        seqs = dict(before)
        for number, one in enumerate(self.world.said, start=1):
            seqs[one.service] = seqs.get(one.service, 0) + 1
            numbers = (seqs[one.service], one.version)
            times = (self.at(number), None)
            yield Story.recorded(one.service, one.stream, one.fact(), times, numbers)

    def told(self, number: int) -> Told:
        """Return what was said by its first n events."""
        return Told([one.fact() for one in self.world.said[:number]])


def lived(seed: int) -> Life:
    """Let offices try what they like; much of it is refused."""
    dice, world, quiet = Random(seed), World(frozenset({"hear-event"})), []
    for name, workers in WORKERS.items():
        told_clues.register(world, f"{name}{seed}", "LC", *[100] * workers)
    world.settle(dice.randrange)
    for number in range(dice.randrange(MOST)):
        _try(world, dice, (seed, number))
        if dice.random() < 0.5:
            # Whoever acts next may act on what was not heard everywhere yet.
            world.settle(dice.randrange, dice.randrange(40))
        else:
            world.settle(dice.randrange)
            quiet.append(len(world.said))
    world.settle(dice.randrange)
    assert world.findings == [], seed
    return Life(seed, world, [*quiet, len(world.said)])


def _try(world: World, dice: Random, which: tuple[int, int]) -> None:
    # C, with one worker, is soonest verified and paid in full.
    name, other = (f"{dice.choice('ABCC')}{which[0]}" for _ in range(2))
    if dice.random() < 0.3:
        _on_clue(world, dice, dice.choice(ACTS), (name, other))
    else:
        ordinal = dice.randint(1, WORKERS[name[0]])
        this = claim_id(told_clues.clue_id(name), ordinal)
        _on_claim(world, dice, this, which)


def _on_clue(world: World, dice: Random, act: str, names: tuple[str, str]) -> None:
    name, other = names
    holder = world.state("routing", case.KIND, case_id(told_clues.clue_id(name))).unit
    match act:
        case "link":
            told_clues.link(world, name, other, "DB", (1, 1))
        case "unlink":
            told_clues.unlink(world, name, "DB")
        case "rule":
            told_clues.rule(world, name, dice.choice(("LC", "LI", "DO")))
        case "split":
            _split(world, claim_id(told_clues.clue_id(name), 1))
        case "withdraw":
            this = claim_id(told_clues.clue_id(name), 1)
            on_case = {"case_id": _case_of(world, this), "claim_id": this}
            command = WithdrawClaim.model_validate({**on_case, "reason": "own-wish"})
            world.do("enforcement", command, by("DB"))
        case "conclude":
            told_clues.conclude(world, name)
        case _:
            told_clues.reply(world, name, holder or "LC")


def _split(world: World, this: UUID) -> None:
    command = SplitClaims(
        case_id=_case_of(world, this),
        new_case_id=named("test-part", this, len(world.said)),
        claim_ids=(this,),
        ground="other_forum",
    )
    world.do("enforcement", command, by("DB"))


def _on_claim(world: World, dice: Random, this: UUID, which: tuple[int, int]) -> None:
    seed, number = which
    on_case = {"case_id": _case_of(world, this), "claim_id": this}
    amount = Money(minor=dice.choice(YUAN) * 100, currency="CNY")
    paying = {
        **on_case,
        "payment_id": named("test-paid", seed, number),
        "amount": amount,
        "payer": "employer",
        "proof": {"kind": "slip"},
    }
    earlier = named("test-paid", seed, dice.randrange(number + 1))
    of_payment = {**on_case, "payment_id": earlier}
    commands: Mapping[str, Command] = {
        "verify": VerifyFacts.model_validate({**on_case, "verified": amount}),
        "pay": RecordWagesPaid.model_validate(paying),
        "reverse": ReversePayment.model_validate({**of_payment, "reason": "r"}),
        "confirm": ConfirmReceipt.model_validate({**of_payment, "method": "call"}),
    }
    command = commands[dice.choice(MONEY)]
    world.do("enforcement", command, by(dice.choice(("LC", "LC", "LI", "DB"))))


def _case_of(world: World, this: UUID) -> UUID:
    found = world.state("enforcement", claim.KIND, this).case_id
    return found if isinstance(found, UUID) else this
