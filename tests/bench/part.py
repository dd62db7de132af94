"""A part of the bench: one work, done by several contenders, each in a process."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Literal

from tests.bench.measure import Sample
from tests.bench.place import KEPT, Place
from tests.bench.servers import servers
from tests.stack import FreshDatabases

REPEATS = 3
PEERS = Path("tests/bench/peers")
PEERS_PYTHON = KEPT / "peers/bin/python"
LONGEST = 600
"""Seconds that a contender has."""

Contender = Callable[[Place, FreshDatabases], Awaitable[list[Sample]]]
Prepare = Callable[[Place, FreshDatabases], Awaitable[dict[str, Any]]]
Figure = Literal["rate", "p50", "p95", "p99", "memory"]


@dataclass(frozen=True)
class Goal:
    """A ratio: ours over another's, or over our own at another setting.

    `least` and `most` are what is asked; a goal without either is only printed.
    """

    name: str
    ours: tuple[str, str]
    beside: tuple[str, str]
    figure: Figure = "rate"
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Limit:
    """A figure of ours that has a bound of its own: seconds, milliseconds, MiB."""

    name: str
    of: tuple[str, str]
    figure: str
    most: float
    unit: str


@dataclass(frozen=True)
class Part:
    """One work and who does it: functions of ours, scripts of the peers' Python.

    One that is `asked` for runs only by its name: it takes half an hour. `warm_up` says
    what goes before the measured stretch; `profiled` is the contender that is profiled,
    the first without it; `explained` tells the plans of its slowest statements.
    """

    name: str
    title: str
    unit: str
    contenders: dict[str, Contender]
    scripts: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    limits: tuple[Limit, ...] = ()
    prepare: Prepare | None = None
    where: Callable[[], AbstractContextManager[Place]] = servers
    repeats: int = REPEATS
    warm_up: str = "none"
    profiled: str = ""
    explained: Callable[[Place], Coroutine[Any, Any, str]] | None = None
    longest: int = LONGEST
    asked: bool = False
    notes: tuple[str, ...] = ()


def run(part: Part, place: Place) -> list[Sample]:
    """Let all contenders do the work by turns; return every sample."""
    samples: list[Sample] = []
    for turn in range(part.repeats):
        for name in part.contenders:
            command = [sys.executable, "-m", "tests.bench.contender", part.name, name]
            samples += _told(f"{part.name} {turn + 1}: {name}", command, place, part)
        for script in part.scripts:
            command = [str(PEERS_PYTHON), str(PEERS / script)]
            samples += _told(f"{part.name} {turn + 1}: {script}", command, place, part)
    return samples


def _told(what: str, command: Sequence[str], place: Place, part: Part) -> list[Sample]:
    print(f"bench: {what} …", file=sys.stderr, flush=True)  # noqa: T201
    # What was written before does not reach the disk in another contender's turn.
    os.sync()
    done = subprocess.run(  # noqa: S603 -- our own commands.
        command,
        input=place.to_json(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=part.longest,
    )
    return [Sample(**sample) for sample in json.loads(done.stdout.splitlines()[-1])]


def medians(samples: Sequence[Sample]) -> dict[tuple[str, str], Sample]:
    """Return each contender's medians by (who, at), in the order of the first turn."""
    found: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        found.setdefault((sample.who, sample.at), []).append(sample)
    turns = dict[str, int]()
    for (who, _), same in found.items():
        turns[who] = max(turns.get(who, 0), len(same))
    return {key: _median(same, turns[key[0]]) for key, same in found.items()}


def _median(same: Sequence[Sample], turns: int) -> Sample:
    figures = ("rate", "p50", "p95", "p99", "cpu", "servers_cpu", "memory")
    middle: dict[str, Any] = {
        name: _middle([getattr(one, name) for one in same]) for name in figures
    }
    more = {key: median(one.more[key] for one in same) for key in same[0].more}
    return replace(same[0], **middle, more=more, broke=_broke(same, turns))


def _middle(values: Sequence[float | None]) -> float | None:
    """Return the median of what was measured; None: nothing was."""
    return median(known) if (known := [v for v in values if v is not None]) else None


def _broke(same: Sequence[Sample], turns: int) -> str:
    """Return how a setting was not held: it is if it was in each turn.

    A turn that broke at a lower setting did not come to this one.
    """
    said = [one.broke for one in same if one.broke]
    missing = turns - len(same)
    if not said and not missing:
        return ""
    ways = list(dict.fromkeys(said)) + ["broke before it"] * bool(missing)
    if turns == 1:
        return ways[0]
    return f"{len(said) + missing} of {turns} turns: {'; '.join(ways)}"
