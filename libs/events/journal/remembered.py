"""Remembered: long streams that every decision reads, such as a rulebook's texts.

A stream only grows, so what was read stays true, unless the database is another one: it
was restored, or somebody changed it. The last event that is remembered is held against
the row that stands there (by its leaf) at each reading; a stream that differs is read
anew, whole.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.events.event import Recorded

LONG = 8_192
"""Characters of a stream's texts from which on it is remembered."""
MOST = 64


@dataclass
class Remembered:
    """The long streams that were read last, by name, each with its events in order."""

    _streams: OrderedDict[str, tuple[Recorded, ...]] = field(
        default_factory=OrderedDict
    )

    def version(self, name: str) -> int:
        """Return how many of a stream's events are remembered."""
        return len(self._streams.get(name, ()))

    def events(self, name: str) -> list[Recorded]:
        """Return what is remembered of a stream."""
        return list(self._streams.get(name, ()))

    def holds(self, name: str, leaf: bytes) -> bool:
        """Say whether the last one remembered is the event of this leaf."""
        known = self._streams.get(name)
        return known is not None and known[-1].leaf == leaf

    def forget(self, names: Sequence[str]) -> None:
        """Drop streams that are not what they were."""
        for name in names:
            self._streams.pop(name, None)

    def keep(self, name: str, events: Sequence[Recorded]) -> None:
        """Remember a stream when it is long; the one read longest ago makes room."""
        if sum(len(one.data) for one in events) < LONG:
            return
        self._streams[name] = tuple(events)
        self._streams.move_to_end(name)
        if len(self._streams) > MOST:
            self._streams.popitem(last=False)
