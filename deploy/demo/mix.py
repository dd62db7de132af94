"""The background's mix: 281 clues by channel and outcome, drawn from the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from deploy.demo.clue import Form
from deploy.demo.people import employers

CHANNELS = {
    "12345": 101,
    "window": 72,
    "platform": 50,
    "petition": 19,
    "web": 17,
    "patrol": 9,
    "warning": 5,
    "online": 8,
}
"""With the stories' 19: 12345 105, window 78, platform 54, petition 21, web 18,
patrol and warning 15, online (with cyberspace) 9."""
OUTCOMES = {
    "not_wage": 44,
    "duplicate": 35,
    "unfounded": 44,
    "withdrawn": 16,
    "open": 6,
    "arrears": 136,
}
"""What a clue turns out to be, if the campaign lasts long enough to find out."""
FIRST_WORKER = 200
WAGES = (380_000, 960_000)
"""A month's wage in fen, from and to."""
SIZES = ((1, 45), (2, 20), (3, 12), (4, 6), (5, 5), (6, 3), (8, 4), (11, 3), (16, 2))
"""How many workers a clue has, and how often."""
BUILDERS = ("E02", "E03", "E05", "E13", "E16", "E17", "E20")
SITES = tuple(f"P{n:02d}" for n in range(1, 13))
UNLISTED = 0.06
"""The share of workers of whom only the name is known."""
QUIET, RUSH = 1.0, 2.1
"""How the arrivals grow from the first day to the last before the festival."""


@dataclass(frozen=True)
class Background:
    """One generated clue: when it comes (a stop's number), what it says and is."""

    number: int
    arrives: int
    outcome: str
    form: Form

    @property
    def lane(self) -> str:
        """Return the clue's lane."""
        return f"B{self.number:03d}"

    @property
    def is_site(self) -> bool:
        """Say whether a builder is the employer."""
        return self.form.employer in BUILDERS


def background(chance: Random, stops: int) -> list[Background]:
    """Return the generated clues in the order of their arrival."""
    channels = _spread(CHANNELS, chance)
    outcomes = _spread(OUTCOMES, chance)
    weights = [QUIET + (RUSH - QUIET) * n / stops for n in range(stops)]
    arrivals = sorted(chance.choices(range(stops), weights, k=len(channels)))
    drawn = _Drawing(chance)
    for number, (arrives, channel, outcome) in enumerate(
        zip(arrivals, channels, outcomes, strict=True), 1
    ):
        drawn.clue(number, arrives, channel, outcome)
    return drawn.clues


def _spread(counts: dict[str, int], chance: Random) -> list[str]:
    every = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(every)
    return every


class _Drawing:
    """Draws one clue after the other; a duplicate repeats an earlier one."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.clues: list[Background] = []
        self.originals: list[Background] = []
        self.worker = FIRST_WORKER
        self.owed = 0

    def clue(self, number: int, arrives: int, channel: str, outcome: str) -> None:
        """Draw the next clue."""
        if self.owed and self.originals and outcome in {"arrears", "unfounded"}:
            # A duplicate that came before anything it could repeat: now it can.
            self.owed -= 1
            outcome = "duplicate"
        earlier = [one for one in self.originals if one.form.channel != channel]
        if outcome == "duplicate" and not earlier:
            self.owed += 1
            outcome = "arrears"
        ref = f"{number:03d}"
        if outcome == "duplicate":
            form = self._again(channel, ref, self.chance.choice(earlier[-12:]).form)
        else:
            form = self._new(channel, ref, outcome)
        found = Background(number, arrives, outcome, form)
        self.clues.append(found)
        if outcome in {"arrears", "unfounded"}:
            self.originals.append(found)

    def _new(self, channel: str, ref: str, outcome: str) -> Form:
        chance = self.chance
        employer = chance.choice(sorted(employers()))
        # What is no wage names who asks, and nobody's wages.
        size = 0 if outcome == "not_wage" else _size(chance)
        workers = tuple(range(self.worker, self.worker + size))
        self.worker += size
        unlisted = frozenset(w for w in workers if chance.random() < UNLISTED)
        site = chance.choice(SITES)
        return Form(
            channel,
            employer,
            workers=workers,
            claimed=[_claimed(chance) for _ in workers],
            number=_number(channel, ref),
            project=(site, f"演示工地{site}（虚构）") if employer in BUILDERS else None,
            report=channel in {"patrol", "warning"},
            reporter=None if workers else f"演示来访人{ref}",
            months=_months(chance),
            unlisted=unlisted,
        )

    def _again(self, channel: str, ref: str, first: Form) -> Form:
        told = [_retold(self.chance, minor) for minor in first.claimed]
        return Form(
            channel,
            first.employer,
            workers=first.workers,
            claimed=told,
            number=_number(channel, ref),
            project=first.project,
            report=channel in {"patrol", "warning"},
            months=first.months,
            unlisted=first.unlisted,
        )


def _size(chance: Random) -> int:
    sizes, often = zip(*SIZES, strict=True)
    return int(chance.choices(sizes, often)[0])


def _claimed(chance: Random) -> int | None:
    """Return what a worker claims: months of wages less advances, in whole jiao."""
    if chance.random() < 0.03:  # noqa: PLR2004 -- some don't know yet
        return None
    wages = chance.randint(*WAGES) * chance.choice((1, 2, 2, 2, 3, 4))
    advance = chance.choice((0, 0, 50_000, 100_000, 137_600))
    return (wages - advance) // 10 * 10


def _retold(chance: Random, minor: int | None) -> int | None:
    if minor is None:
        return None
    return minor if chance.random() < 0.6 else minor + chance.randint(1, 9) * 10_000  # noqa: PLR2004 -- told again, often not the same sum


def _number(channel: str, ref: str) -> str | None:
    heads = {"12345": "SJ2023B", "platform": "QXPTB", "petition": "XFB"}
    head = heads.get(channel)
    return f"{head}{ref}" if head else None


def _months(chance: Random) -> tuple[str, str]:
    first = chance.randint(5, 9)
    return f"2023-{first:02d}", f"2023-{chance.randint(first, 10):02d}"


def workers_of(clues: Sequence[Background]) -> int:
    """Return how many claim rows these clues bring."""
    return sum(len(one.form.workers) for one in clues)
