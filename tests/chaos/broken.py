"""Broken: a promise that was not kept, and what a check is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.facts import Facts
from tests.chaos.history import Op


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept: which kind, and where."""

    kind: str
    where: str


Check = Callable[[Facts, Sequence[Op]], Iterator[Broken]]
