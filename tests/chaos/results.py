"""Results: what all goes that are kept came to, as a table of faults by kind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

from deploy.local.places import REPOSITORY
from tests.chaos.history import digest, lines
from tests.chaos.kept import NO_BUG, PROVED, kept

WIDTH = 88
FOLDER = REPOSITORY / ".local" / "chaos"
RESULTS = Path(__file__).with_name("RESULTS.md")
FOUND = Path(__file__).with_name("FOUND.md")
HEAD = """# A thousand faults

Written by `make chaos` from the goes that are kept in `histories`; `N`, `SEED`,
`BROKERS`, `GO`, `HOLD` (seconds, `5-40`) and `SIDE` (up to how many at once) are its
settings. Recovery: from the mending of a fault until every process is ready and a
complaint made then is seen by enforcement and on the ledger. Faults overlap, so it is
an upper bound for each; starting a process again is part of it.
"""


@dataclass
class Sum:
    """Faults with their recovery's seconds, acts by outcome, broken promises.

    Of goes that were checked and kept every promise; `failed` are the promises that
    others broke, by seed; `cut_off` are those that ended before their check.
    """

    faults: dict[str, list[float]] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
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
            case "repeat":
                self.repeats[line["said"]] += 1
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
        self.repeats += go.repeats
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


def of(*files: Path) -> Sum:
    """Sum up what some histories tell."""
    return summed(line for file in files for line in lines(file))


def table(found: Sum) -> str:
    """Return the table: a line a kind, the median and the worst recovery."""
    rows = ["| fault | times | recovery p50, s | worst, s |", "|---|---:|---:|---:|"]
    for kind, seconds in sorted(found.faults.items()):
        half, worst = median(seconds), max(seconds)
        rows.append(f"| {kind} | {len(seconds)} | {half:.1f} | {worst:.1f} |")
    return "\n".join(rows)


def goes(files: Sequence[Path]) -> str:
    """Return the goes: a line each, with what it broke and its file's digest."""
    rows = ["| go | faults | acts | broken | SHA-256 |", "|---|---:|---:|---|---|"]
    for file in files:
        go = Sum()
        for line in lines(file):
            go.take(line)
        broken = ", ".join(f"{times} {kind}" for kind, times in go.broken.items())
        name = file.name.partition(".")[0]
        rows.append(
            f"| {name} | {go.count} | {go.acts.total():,} | {broken or '—'}"
            f" | `{digest(file)}` |"
        )
    return "\n".join(rows)


def page(title: str, files: Sequence[Path]) -> str:
    """Return the section of the goes with so many brokers."""
    found = of(*files)
    told = [part for text in _told(found) for part in (fill(text, WIDTH), "")]
    return "\n".join([f"## {title}", "", *told, table(found), "", goes(files), ""])


def _told(found: Sum) -> Iterator[str]:
    """Say which goes the figures are of, and which not, a paragraph each."""
    acts = ", ".join(f"{n:,} {phase}" for phase, n in sorted(found.acts.items()))
    yield (
        f"Counted: {found.count} faults in {len(found.seeds)} goes that kept every"
        f" promise; {acts}. In these goes the checker, as it was on their day, found"
        " nothing lost, doubled, reordered, invented, skipped or stale."
    )
    if found.repeats:
        told = ", ".join(f"{n:,} {word}" for word, n in sorted(found.repeats.items()))
        yield f"Acts that were sent once more after their answer: {told}."
    if found.failed:
        broke = ", ".join(str(seed) for seed in found.failed)
        times = f"{len(found.failed)} more go" + "es" * (len(found.failed) > 1)
        yield (
            f"Not counted: {times} (seeds {broke}), each of which broke a promise. A"
            " go counts as a whole or not at all: its faults before the one that showed"
            " the break are no evidence of having been survived. The table of goes says"
            " what each broke; what was found and mended is listed at the end."
        )


def write() -> None:
    """Write the page of all that is kept."""
    said = [HEAD]
    for brokers, title in ((1, "One broker"), (3, "Three brokers, replication 3")):
        if files := kept(brokers):
            said.append(page(title, files))
    if PROVED.exists():
        said.append(proved(PROVED))
    said.append(FOUND.read_text())
    RESULTS.write_text("\n".join(said))


def proved(file: Path) -> str:
    """Return the section of the checker's proof: a line a bug, the latest of each."""
    head = "| bug let in | faults | caught by | seed | on |"
    rows = [head, "|---|---:|---|---:|---|"]
    found = {line["bug"]: line for line in lines(file)}
    for bug, line in found.items():
        by = ", ".join(line["by"]) or "**not caught**"
        if bug == NO_BUG:
            by = f"**false alarm**: {by}" if line["by"] else "nothing, as it has to be"
        # Proofs of before do not say when.
        seed, on = line.get("seed", "—"), line.get("on", "—")
        rows.append(f"| {bug} | {line['faults']} | {by} | {seed} | {on} |")
    return "\n".join(["## The checker, proved", "", *rows, ""])


if __name__ == "__main__":
    write()
