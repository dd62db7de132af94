"""`make bench-profile ONLY=project`: our contender under py-spy, as a tree of shares.

Kept as `results/<part>-profile.txt`: a flame graph to be read, and compared by lines;
beside it, as `results/<part>-explain.txt`, the plans of a part's slowest statements.
The parts that run on the whole system are not profiled here: `visible`, `door` and
`replicas`.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.bench.__main__ import prepared
from tests.bench.part import PEERS_PYTHON, Part
from tests.bench.parts import PARTS
from tests.bench.place import KEPT, Place
from tests.bench.report import FOLDER
from tests.bench.servers import servers

SPY = PEERS_PYTHON.with_name("py-spy")
RATE = "100"
LEAST = 0.015
ALONE = 0.9
"""A frame that hands on so much of its time to one other is not shown."""
ROOTS = ("run (uvloop", "run (asyncio")
"""Where the work begins: ours in uvloop, that of processes it starts in either."""


@dataclass
class Frame:
    """A function on a stack: samples in it and below it, by whom it called."""

    samples: int = 0
    calls: dict[str, "Frame"] = field(default_factory=dict)

    def take(self, stack: list[str], samples: int) -> None:
        """Count one stack."""
        self.samples += samples
        if stack:
            self.calls.setdefault(stack[0], Frame()).take(stack[1:], samples)


def tree(told: str) -> Iterator[str]:
    """Yield lines of share and function, from folded stacks; small shares left out.

    So are the bench's own meter, and the check of what was done.
    """
    whole = Frame()
    for line in told.splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        starts = [n for n, frame in enumerate(frames) if frame.startswith(ROOTS)]
        if starts and not any(map(_is_the_bench, frames)):
            whole.take(frames[starts[-1] + 1 :], int(samples))
    yield from _lines(whole, whole.samples, 0)


def _is_the_bench(frame: str) -> bool:
    return frame.startswith("check (tests/bench/") or "(tests/bench/measure.py" in frame


def _lines(frame: Frame, whole: int, depth: int) -> Iterator[str]:
    for name, called in sorted(frame.calls.items(), key=lambda c: -c[1].samples):
        if called.samples < whole * LEAST:
            continue
        most = max((c.samples for c in called.calls.values()), default=0)
        shown = most < called.samples * ALONE
        if shown:
            yield f"{called.samples / whole:6.1%} {'  ' * depth}{name}"
        yield from _lines(called, whole, depth + shown)


def main(names: str) -> int:
    """Profile the parts asked for; 2 for one that is not there."""
    parts: Mapping[str, Part] = {
        name: part for name, part in PARTS.items() if part.where is servers
    }
    chosen = names.split(",") if names else [*parts]
    if unknown := set(chosen) - parts.keys():
        told = f"No part {', '.join(sorted(unknown))} to profile; there are: "
        print(told + ", ".join(parts))  # noqa: T201
        return 2
    for name in chosen:
        with servers() as place:
            _profiled(parts[name], place)
    return 0


def _profiled(part: Part, place: Place) -> None:
    place = asyncio.run(prepared(part, place))
    ours = part.profiled or next(iter(part.contenders))
    raw = KEPT / f"{part.name}.folded"
    spied = [str(SPY), "record", "--subprocesses", "--rate", RATE, "--format", "raw"]
    work = [sys.executable, "-m", "tests.bench.contender", part.name, ours]
    subprocess.run(  # noqa: S603 -- our own commands.
        [*spied, "--output", str(raw), "--", *work],
        input=place.to_json(),
        text=True,
        check=True,
    )
    file = FOLDER / f"{part.name}-profile.txt"
    file.write_text("\n".join(tree(raw.read_text())) + "\n")
    print(f"{part.name}: {file}")  # noqa: T201
    if part.explained is not None:
        plans = FOLDER / f"{part.name}-explain.txt"
        plans.write_text(asyncio.run(part.explained(place)))
        print(f"{part.name}: {plans}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
