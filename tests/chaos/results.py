"""Results: what all goes of a history came to, as a table of faults by kind."""

import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from deploy.local.places import REPOSITORY
from tests.chaos.history import digest, lines

FOLDER = REPOSITORY / ".local" / "chaos"
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# A thousand faults

Written by `make chaos`; `N`, `SEED`, `BROKERS`, `GO`, `HOLD` (seconds, `5-40`) and
`SIDE` (up to how many at once) are its settings. Recovery: from the mending of a fault
until every process is ready and a complaint made then is seen by enforcement and on the
ledger. Faults overlap, so it is an upper bound for each; starting a process again is
part of it.
"""
FOUND = """## What faults have found

- A relay whose process is stopped kept its lock: the database now ends its session
  (`test_relay.py`, the zombie).
- A producer that failed while it was thrown away stopped its relay with a `KeyError`;
  a relay that only waits went on telling its old trouble, and was never ready again;
  a topic that was deleted and made again was filled from the middle, and its readers
  found it after minutes (`test_relay_topic.py`).
- A record under way while a topic was made again stood before index 0: `verify` and the
  stand-alone checker called that a gap, though it comes again in its turn
  (`test_relay_topic.py`, `test_checker.py`).
- A position whose commit was not confirmed was never read again by a consumer that
  nothing concerned: it stood still (`test_subscription_members.py`).
- A consumer whose coordination hung went on fetching beside the one that had its share
  by then, and neither could store: a member out of touch with its group joins anew
  (`test_subscription_members.py`).
- Half of a service's partitions were heard by nobody, and every process said that it
  was ready: by the look of it a consumer whose fetching had ended while it went on
  answering its group. The topic's end is asked of Kafka itself now, and a deaf member
  joins anew. A consumer of aiokafka that is stopped while it waits to fetch again ends
  its closer as cancelled, which would have ended the member's rounds
  (`test_subscription_members.py`).
- A topic was lost and filled again; the old one had held records twice, so the offset
  that its readers had stored was the new one's very end, behind three events that came
  to nobody. What the relay tells is held against what was read (`test_relay_topic.py`).
- Two attempts at one upload, the first on a replica that was paused, sealed a file each
  under one name: the key that was noted opened neither, and a sheet that had been
  accepted was lost (`test_import.py`, `test_objects.py`).
- Apache Kafka's own: a broker stopped while its disk was full came back with a group
  coordinator "out of sync with the underlying log" that refused every join. Nothing of
  ours heals that: the services are not ready and say so, and the broker has to be
  started again. The nemesis does not strike the two together.
- An answer as known at T, final, still changed in what it said of its completeness.

## How far this goes

The go above ran beside other work, at a load of about ten on two processors: its
recovery is mostly waiting for one. A go counts once it was checked with nothing broken;
those that found what stands above ended there and are not in the table. Still to be
run: the rest of the thousand (`make chaos` goes on from its history), two hundred
with three brokers (`make chaos N=200 BROKERS=3`), and the bugs that the table lacks
(`python -m tests.chaos.proving`).
"""


@dataclass
class Sum:
    """Faults with their recovery's seconds, acts by outcome, broken promises.

    Of goes that were checked and kept every promise; `failed` are the promises that
    others broke, by seed; `cut_off` are those that ended before their check.
    """

    faults: dict[str, list[float]] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)
    failed: dict[int, Counter[str]] = field(default_factory=dict)
    cut_off: int = 0

    @property
    def count(self) -> int:
        """How many faults there were."""
        return sum(map(len, self.faults.values()))

    def take(self, line: Mapping[str, Any]) -> None:
        """Count one line of a go."""
        match line["what"]:
            case "fault":
                self.faults.setdefault(line["kind"], []).append(line["recovered"])
            case "op" if line["phase"] != "invoke":
                self.acts[line["phase"]] += 1
            case "broken":
                self.broken[line["kind"]] += 1
            case "checked":
                self.seeds.append(line["seed"])
            case _:
                pass

    def add(self, go: "Sum") -> None:
        """Add a go that was checked; one that broke a promise only by what it broke."""
        if go.broken:
            self.failed |= dict.fromkeys(go.seeds, go.broken)
            return
        for kind, seconds in go.faults.items():
            self.faults.setdefault(kind, []).extend(seconds)
        self.acts += go.acts
        self.seeds += go.seeds


def summed(told: Iterable[Mapping[str, Any]]) -> Sum:
    """Sum a history's lines up, go by go."""
    found, go, begun = Sum(), Sum(), 0
    for line in told:
        if line["what"] == "go":
            go, begun = Sum(), begun + 1
        go.take(line)
        if line["what"] == "checked":
            found.add(go)
            go = Sum()
    found.cut_off = begun - len(found.seeds) - len(found.failed)
    return found


def table(found: Sum) -> str:
    """Return the table: a line a kind, the median and the worst recovery."""
    rows = ["| fault | times | recovery p50, s | worst, s |", "|---|---:|---:|---:|"]
    for kind, seconds in sorted(found.faults.items()):
        half, worst = median(seconds), max(seconds)
        rows.append(f"| {kind} | {len(seconds)} | {half:.1f} | {worst:.1f} |")
    return "\n".join(rows)


def page(title: str, file: Path, found: Sum, machine: str) -> str:
    """Return a history's section of the results page."""
    said = [
        f"seed {seed} " + ", ".join(f"{k} {n}" for k, n in sorted(broken.items()))
        for seed, broken in found.failed.items()
    ]
    failed = "; ".join(said) or "none"
    acts = ", ".join(f"{n:,} {phase}" for phase, n in sorted(found.acts.items()))
    seeds = ", ".join(map(str, found.seeds))
    return "\n".join(
        [
            f"## {title}",
            "",
            (
                f"{found.count} faults in {len(found.seeds)} checked goes, seeds"
                f" {seeds}; {found.cut_off} ended before their check: they count not."
            ),
            f"Acts: {acts}.",
            "In them nothing was lost, doubled, reordered, invented, skipped or stale.",
            f"Goes that broke a promise, not in the table: {failed}.",
            f"History: {file.name}, SHA-256 `{digest(file)}`. {machine}",
            "",
            table(found),
            "",
        ]
    )


def of(file: Path) -> Sum:
    """Sum a history's file up."""
    return summed(lines(file))


def write() -> None:
    """Write the page of all that was found here."""
    machine = f"{platform.machine()}, {os.cpu_count()} processors."
    said = [HEAD]
    for brokers, title in ((1, "One broker"), (3, "Three brokers, replication 3")):
        file = FOLDER / f"history-{brokers}.jsonl"
        if file.exists():
            said.append(page(title, file, of(file), machine))
    proved = FOLDER / "proved.jsonl"
    if proved.exists():
        said.append(_proved(proved))
    said.append(FOUND)
    RESULTS.write_text("\n".join(said))


def _proved(file: Path) -> str:
    rows = ["| bug let in | faults | caught by |", "|---|---:|---|"]
    found = {line["bug"]: line for line in lines(file)}
    for bug, line in found.items():
        by = ", ".join(line["by"]) or "**not caught**"
        rows.append(f"| {bug} | {line['faults']} | {by} |")
    return "\n".join(["## The checker, proved", "", *rows, ""])
