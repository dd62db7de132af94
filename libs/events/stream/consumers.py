"""Consumers: who takes events in, as an effect in tables or as commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import asyncpg
from pydantic import ValidationError

from libs.events import registry
from libs.events.event import Recorded
from libs.events.journal.words import PositionUpdate
from libs.events.stream.envelope import Copy


@runtime_checkable
class ViewConsumer(Protocol):
    """A view or register: its effect and its position are one transaction."""

    @property
    def name(self) -> str:
        """The name its positions are kept under."""
        ...

    @property
    def services(self) -> frozenset[str]:
        """Whose topics it reads."""
        ...

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether an event can have an effect here."""
        ...

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        """Make the effect of a page, inside the subscription's transaction."""
        ...


@runtime_checkable
class ReactionConsumer(Protocol):
    """A reactor: its outcomes and its positions are one append.

    Raises TryAgain when nothing is wrong with the events themselves.
    """

    @property
    def name(self) -> str:
        """The name its positions are kept under."""
        ...

    @property
    def services(self) -> frozenset[str]:
        """Whose topics it reads."""
        ...

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether a reaction looks at an event."""
        ...

    async def react(
        self, events: Sequence[Recorded], positions: Sequence[PositionUpdate]
    ) -> None:
        """React to a page and move the positions, all in one append."""
        ...


Consumer = ViewConsumer | ReactionConsumer

Trouble = Literal["unknown-version", "unreadable"]


@dataclass(frozen=True)
class Item:
    """An admitted copy, read: applied, skipped (unknown type), or in trouble."""

    copy: Copy
    recorded: Recorded
    trouble: Trouble | None = None

    @property
    def is_skipped(self) -> bool:
        """Whether nobody here handles this type of event."""
        return self.recorded.event is None and self.trouble is None


def read_item(copy: Copy) -> Item:
    """Load the event of a copy in its newest version."""
    row = copy.recorded
    try:
        event = registry.load(row.type, row.schema_version, row.data)
    except registry.UnknownType:
        return Item(copy, row)
    except registry.UnknownVersion:
        return Item(copy, row, "unknown-version")
    except ValidationError:
        return Item(copy, row, "unreadable")
    # Frozen for everybody else; `replace` would copy 27 fields of every event.
    object.__setattr__(row, "event", event)
    return Item(copy, row)
