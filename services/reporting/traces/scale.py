"""A time scale that leaves out idle time: a case rests for days between two acts."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Shorter pauses are drawn as they are; longer ones shrink to a mark.
IDLE_NS = 500_000_000
_MARK_SHARE = 0.03
_MARKS_AT_MOST = 0.4


@dataclass(frozen=True)
class Rest:
    """A left-out pause: where it is drawn, from 0 to 1, and how long it was (ns)."""

    at: float
    lasted_ns: int


@dataclass(frozen=True)
class Scale:
    """Maps nanoseconds since 1970 to places from 0 to 1."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[float, ...]
    per_ns: float
    rests: tuple[Rest, ...]

    def place(self, moment_ns: int) -> float:
        """Return where a moment is drawn; inside a rest, where the rest begins."""
        n = max(0, bisect_right(self.starts, moment_ns) - 1)
        inside = min(max(moment_ns, self.starts[n]), self.ends[n]) - self.starts[n]
        return min(1.0, self.places[n] + inside * self.per_ns)


def scale_of(intervals: Iterable[tuple[int, int]]) -> Scale:
    """Return the scale of some busy intervals (from, to in ns); one at least."""
    busy = _joined(sorted(intervals))
    gaps = len(busy) - 1
    mark = min(_MARK_SHARE, _MARKS_AT_MOST / gaps) if gaps else 0.0
    total = sum(end - start for start, end in busy)
    per_ns = (1.0 - mark * gaps) / max(1, total)
    places: list[float] = []
    rests: list[Rest] = []
    at = 0.0
    for n, (start, end) in enumerate(busy):
        places.append(at)
        at += (end - start) * per_ns
        if n < gaps:
            rests.append(Rest(at + mark / 2, busy[n + 1][0] - end))
            at += mark
    starts, ends = (tuple(side) for side in zip(*busy, strict=True))
    return Scale(starts, ends, tuple(places), per_ns, tuple(rests))


def _joined(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    busy: list[tuple[int, int]] = []
    for start, end in intervals:
        if busy and start - busy[-1][1] <= IDLE_NS:
            busy[-1] = (busy[-1][0], max(end, busy[-1][1]))
        else:
            busy.append((start, end))
    return busy
