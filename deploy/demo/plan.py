"""The plan: a pure function of the seed, from the campaign's opening to its end."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.demo import background, office, paper, stories
from deploy.demo.step import Book, Fact, Step
from deploy.demo.stops import stops

SEED = 2023


@dataclass(frozen=True)
class Stop:
    """What is done while the clock stands: early acts, numbers, then lanes.

    Early acts count what was before, so they come first, and one by one.
    """

    at: datetime
    early: tuple[Step, ...]
    numbered: tuple[Step, ...]
    lanes: tuple[tuple[tuple[Step, ...], ...], ...]
    """Each lane its turns in order, each turn its steps side by side."""

    @property
    def size(self) -> int:
        """Return how many steps there are."""
        inside = sum(len(turn) for lane in self.lanes for turn in lane)
        return len(self.early) + len(self.numbered) + inside


@dataclass(frozen=True)
class Plan:
    """Every stop with its steps, and what will be true."""

    seed: int
    stops: tuple[Stop, ...]
    facts: tuple[Fact, ...]

    @property
    def steps(self) -> int:
        """Return how many requests the whole plan has."""
        return sum(stop.size for stop in self.stops)


def plan(seed: int, site: str, issuer: str) -> Plan:
    """Return the plan of a seed for a site whose officers this issuer knows."""
    book = Book(seed, site, issuer)
    office.run(book)
    paper.hand_in(book)
    stories.tell(book)
    background.play(book)
    by_stop: dict[datetime, list[Step]] = defaultdict(list)
    for step in book.steps:
        by_stop[step.at].append(step)
    planned = tuple(_stop(at, by_stop[at]) for at in stops())
    return Plan(seed, planned, tuple(book.facts))


def _stop(at: datetime, steps: Sequence[Step]) -> Stop:
    early = [step for step in steps if step.early]
    numbered = [step for step in steps if step.numbered]
    lanes: dict[str, dict[int, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for step in steps:
        if not (step.numbered or step.early):
            lanes[step.lane][step.turn].append(step)
    turns = [
        tuple(tuple(turn) for _, turn in sorted(lane.items()))
        for _, lane in sorted(lanes.items())
    ]
    return Stop(at, tuple(early), tuple(numbered), tuple(turns))
