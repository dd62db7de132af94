"""Group: who reads which topics together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from libs.events.stream.progress import Progress


@dataclass(frozen=True)
class Group:
    """A consumer group: its name, the consumers of each topic, and what its relay told.

    `told` returns the newest progress of a topic; None before one came.
    """

    name: str
    readers: Mapping[str, Sequence[str]]
    told: Callable[[str], Progress | None]
