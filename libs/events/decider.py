"""Decider: pure rules over folded streams; the folds and the refusal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.event import Event, New

S = TypeVar("S")
C = TypeVar("C", bound=Command)


class Rejected(Exception):
    """A rule says no: a stable kebab-case code and a sentence that says what to do."""

    def __init__(self, code: str, message: str, *, article: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.article = article


class NotVisible(Rejected):
    """The thing does not exist for this actor: answered as 404."""

    def __init__(self) -> None:
        super().__init__("not-found", "没有这个编号，或您无权查看。")


class NotYours(Rejected):
    """Visible, but not this actor's to do: answered as 403, naming who may."""

    def __init__(self, message: str, *, may: Sequence[str]) -> None:
        super().__init__("not-yours", message)
        self.may = tuple(may)


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A category of streams, its first state and its fold."""

    category: str
    initial: S
    evolve: Callable[[S, Event], S]

    def stream(self, subject: UUID) -> str:
        """Return the name of one subject's stream: `<category>-<uuid>`."""
        return f"{self.category}-{subject}"

    def fold(self, events: Iterable[Event], start: S | None = None) -> S:
        """Fold events into a state, from the first state unless one is given."""
        state = self.initial if start is None else start
        for event in events:
            state = self.evolve(state, event)
        return state


@dataclass(frozen=True)
class Read:
    """One stream that a rule reads: its kind and whose it is."""

    kind: Kind[Any]
    subject: UUID

    @property
    def stream(self) -> str:
        """Return the stream's name."""
        return self.kind.stream(self.subject)


@dataclass(frozen=True)
class States:
    """The folded streams a rule has read, by kind and subject."""

    values: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: Kind[S], subject: UUID) -> S:
        """Return one folded state; KeyError when the rule did not read it."""
        state: S = self.values[kind.stream(subject)]
        return state


@dataclass(frozen=True)
class Rule(Generic[C]):
    """How one command is decided: what it reads, and what follows.

    `reads` names the streams to load; `then_reads` names more, once the first are
    known (a case names its claims); `decide` returns the events or raises Rejected.
    Every stream read is named to the append with its version.
    """

    command: type[C]
    reads: Callable[[C], Sequence[Read]]
    decide: Callable[[C, Stamp, States], Sequence[New]]
    then_reads: Callable[[C, States], Sequence[Read]] | None = None
