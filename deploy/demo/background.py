"""The background: what becomes of the generated clues, drawn from the seed."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from deploy.demo import claims, clue
from deploy.demo.claims import Paying, Payments
from deploy.demo.mix import Background, background
from deploy.demo.step import Book
from deploy.demo.stops import END, EXTRA, at, stops
from deploy.demo.thread import Thread

STOPS = tuple(stop for stop in stops() if stop not in {EXTRA, END})
RUSH = (STOPS.index(at("01-15")), STOPS.index(at("02-07p")))
"""When most arrears are paid: the three weeks before the festival."""
OFFICERS = {
    "LC": ("lc-01", "lc-02", "lc-03"),
    "LI": ("li-01", "li-02", "li-03"),
    "LM": ("lm-01", "lm-02"),
    "DO": ("do-01", "do-02"),
    "PO": ("po-01", "po-02"),
}
FIRST_ASKED = {"petition": "PO", "patrol": "LI", "warning": "LI"}
COMPLAINTS = ("window", "web", "online")
"""Channels whose clues are complaints 投诉: the district accepts them in five days."""
HOTLINE, PLATFORM = (6, 9), (12, 26)
"""After how many stops these channels are answered: within 5 and 15 working days."""

Deed = Callable[[datetime], None]


def play(book: Book) -> None:
    """Plan every generated clue."""
    chance = Random(book.seed)  # noqa: S311 -- a rehearsal, no secret
    for one in background(chance, len(STOPS) - 1):
        _Life(book, one, Random(f"{book.seed} {one.number}")).run()  # noqa: S311


class _Life:
    """One clue's agenda: deeds at stops, no two of them at the same stop."""

    def __init__(self, book: Book, one: Background, chance: Random) -> None:
        self.chance = chance
        self.one = one
        self.first = FIRST_ASKED.get(one.form.channel, "LC")
        self.unit = self.first
        self.who = self._officer(self.first)
        actor = None if one.form.channel == "web" else self.who
        stop = STOPS[one.arrives]
        self.thread: Thread = clue.register(book, stop, actor, one.form, one.lane)
        self.agenda: dict[int, Deed] = {}
        self.handler = self.who
        self.moved_at = one.arrives
        self.filed = False

    def run(self) -> None:
        """Plan what happens to it, up to the campaign's end."""
        match self.one.outcome:
            case "not_wage":
                self._not_wage()
            case "duplicate":
                self._told_again()
            case _:
                self._handled()
        for number in sorted(self.agenda):
            self.agenda[number](STOPS[number])

    def _officer(self, unit: str) -> str:
        return self.chance.choice(OFFICERS[unit])

    def _later(self, after: int, low: int, high: int) -> int:
        return after + self.chance.randint(low, high)

    def _put(self, number: int, deed: Deed) -> int:
        """Put a deed at a stop, or the next free one; past the end it never comes."""
        while number in self.agenda:
            number += 1
        if number < len(STOPS):
            self.agenda[number] = deed
        return number

    def _not_wage(self) -> None:
        matter = self.chance.choice(
            ("project_price", "labour_service_fee", "not_wage", "not_wage")
        )
        channel = self.chance.choice(("court", "arbitration", "12345", "police"))

        def told(stop: datetime) -> None:
            clue.screen(self.thread, stop, self.who, matter, "department")
            clue.advise(self.thread, stop, self.who, channel)

        self._put(self._later(self.one.arrives, 1, 3), told)

    def _told_again(self) -> None:
        """Answer it: the matter is in hand already. Nobody links it in this stage."""
        self._put(
            self._later(self.one.arrives, 1, 2),
            lambda stop: clue.screen(self.thread, stop, self.who),
        )
        self._put(
            self._later(self.one.arrives, 4, 8),
            lambda stop: clue.reply(self.thread, stop, self.who, "handled-together"),
        )
        self._taken_up()

    def _taken_up(self) -> None:
        """Accept what is a complaint in law, mostly in time."""
        if self.one.form.channel not in COMPLAINTS:
            return
        late = self.chance.random() < 0.1  # noqa: PLR2004 -- some are late
        self._put(
            self._later(self.one.arrives, *((12, 15) if late else (3, 8))),
            lambda stop: claims.take_up(self.thread, stop),
        )

    def _handled(self) -> None:
        begun = self._moved(self.one.arrives)
        self._taken_up()
        outcome = self.one.outcome
        verified = self._later(begun, 5, 18)
        if outcome == "withdrawn":
            everyone = tuple(self.thread.claims)
            verified = self._put(
                verified,
                lambda stop: claims.withdraw(self.thread, stop, self.handler, everyone),
            )
            self._end(self._answered(verified), "withdrawn")
        elif outcome == "unfounded":
            nothing = dict.fromkeys(self.thread.claims, 0)
            verified = self._verify(verified, nothing)
            self._end(self._answered(verified), "unfounded")
        elif outcome == "arrears":
            self._arrears(verified)

    def _moved(self, arrives: int) -> int:
        """Screen, and hand over to the unit that will handle it."""
        sites = self.one.is_site
        units = ("DO", "DO", "LI") if sites else ("LI", "LI", "LI", "LM")
        unit = self.first if self.first == "LI" else self.chance.choice(units)
        proposed = arrives + 1

        def screened(stop: datetime) -> None:
            clue.screen(self.thread, stop, self.who)
            if unit != self.first:
                clue.propose(self.thread, stop, self.who, unit)

        self._put(proposed, screened)
        if unit == self.first:
            return proposed
        taker = self._officer(unit)
        slow = self.chance.random() < 0.05  # noqa: PLR2004 -- a few are forgotten
        accepted = self._put(
            self._later(proposed, 11, 16) if slow else self._later(proposed, 1, 3),
            lambda stop: clue.accept(self.thread, stop, taker),
        )
        self.unit, self.handler, self.moved_at = unit, taker, accepted
        return accepted

    def _holder(self, number: int) -> str:
        """Return who holds it at a stop: the first asked until it was handed over."""
        return self.handler if number > self.moved_at else self.who

    def _verify(self, number: int, amounts: dict[int, int]) -> int:
        who = self.handler if self.unit == "LI" else "db-02"
        return self._put(
            number, lambda stop: claims.verify(self.thread, stop, who, amounts)
        )

    def _answered(self, after: int) -> int:
        """Answer within the channel's days, elsewhere after it was looked into."""
        arrives, channel = self.one.arrives, self.one.form.channel
        late = self.chance.random() < 0.08  # noqa: PLR2004 -- some are late
        if channel == "12345":
            number = self._later(arrives, *HOTLINE) + (6 if late else 0)
        elif channel == "platform":
            number = self._later(arrives, *PLATFORM) + (8 if late else 0)
        else:
            number = self._later(after, 1, 6)
        conclusion = "looked-into" if number >= after else "being-verified"
        put = self._put(
            number,
            lambda stop: clue.reply(
                self.thread, stop, self._holder(STOPS.index(stop)), conclusion
            ),
        )
        return max(put, after)

    def _end(self, after: int, kind: str) -> None:
        who = "db-01" if self.filed else self.handler
        self._put(
            self._later(after, 2, 6),
            lambda stop: claims.conclude(self.thread, stop, who, kind),
        )

    def _arrears(self, number: int) -> None:
        sums = {
            n: self._found(claim.claimed) for n, claim in self.thread.claims.items()
        }
        ordered = self.chance.random() < 0.12 and any(sums.values())  # noqa: PLR2004
        if ordered:
            self.filed = True
            self._put(number - 3, lambda stop: claims.file(self.thread, stop))
        verified = self._verify(number, sums)
        owed = {n: minor for n, minor in sums.items() if minor > 0}
        if ordered:
            verified = self._ordered(verified, owed)
        answered = self._answered(verified)
        if not owed:
            self._end(answered, "unfounded")
            return
        last = self._paid(verified, owed)
        if last is not None:
            self._end(max(last, answered), "paid")

    def _found(self, claimed: int | None) -> int:
        """Return what is verified: not often what was claimed."""
        told = claimed or self.chance.randint(300_000, 2_000_000)
        luck = self.chance.random()
        if luck < 0.05 and len(self.thread.claims) > 1:  # noqa: PLR2004 -- not owed
            return 0
        share = 1.0 if luck < 0.4 else self.chance.uniform(0.55, 1.06)  # noqa: PLR2004
        return int(told * share) // 10 * 10

    def _ordered(self, verified: int, owed: dict[int, int]) -> int:
        pay_by = STOPS[min(verified + 14, len(STOPS) - 1)]

        def order(stop: datetime) -> None:
            self.order = claims.order(self.thread, stop, owed, pay_by)

        number = self._put(verified + 2, order)
        return self._put(
            number + 1, lambda stop: claims.serve(self.thread, stop, self.order)
        )

    def _paid(self, verified: int, owed: dict[int, int]) -> int | None:
        """Pay, most of it before the festival; return the last payment's stop."""
        luck = self.chance.random()
        if luck < 0.08:  # noqa: PLR2004 -- never paid
            return None
        in_rush = luck < 0.6 and verified + 3 < RUSH[1]  # noqa: PLR2004
        first = (
            self.chance.randint(max(RUSH[0], verified + 3), RUSH[1])
            if in_rush
            else self._later(verified, 3, 20)
        )
        if luck < 0.8:  # noqa: PLR2004 -- at once
            return self._pay(first, owed)
        half = {n: max(1, minor * 2 // 5) for n, minor in owed.items()}
        first = self._pay(first, half)
        if luck < 0.86:  # noqa: PLR2004 -- the rest never comes
            return None
        rest = {n: minor - half[n] for n, minor in owed.items() if minor > half[n]}
        return self._pay(self._later(first, 6, 20), rest)

    def _pay(self, number: int, amounts: dict[int, int]) -> int:
        who = "db-01" if self.filed else self.handler
        how = Paying("general_contractor") if self.one.is_site else Paying()
        made: dict[int, Payments] = {}

        def paid(stop: datetime) -> None:
            made[0] = claims.pay(self.thread, stop, who, amounts, how)

        def confirmed(stop: datetime) -> None:
            heard = {n: one for n, one in made[0].items() if self._reached()}
            if heard:
                claims.confirm(self.thread, stop, self._officer("LC"), heard)

        number = self._put(number, paid)
        self._put(self._later(number, 1, 5), confirmed)
        return number

    def _reached(self) -> bool:
        return self.chance.random() < 0.93  # noqa: PLR2004 -- some can't be reached
