"""Two persons: rules that one officer drafts are put in force by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.decider import Kind, NotYours, Read, Rejected, States
from libs.events.event import Event, New

ADOPT = ("leading-group", "hrss-head")
DRAFT = (*ADOPT, "brigade")


class Draft(Protocol):
    """A draft, as it is laid down and as it waits: its id, and what it says."""

    @property
    def draft_id(self) -> UUID: ...

    @property
    def rules(self) -> Any: ...


class Released(Protocol):
    """The rules of a release."""

    @property
    def rules_version(self) -> str: ...

    @property
    def known_on(self) -> date: ...

    @property
    def rules(self) -> Any: ...


@dataclass(frozen=True)
class Paper:
    """Rules that two persons put in force: their one stream, and what is said on it.

    The stream's state has the `version` in force, the `draft` that waits, and `seeded`:
    nobody has laid down any, they are a release's own. `who` names who may.
    """

    kind: Kind[Any]
    book: UUID
    drafted: type[Event]
    adopted: type[Event]
    who: str

    @property
    def read(self) -> Read:
        """Return the read of its stream."""
        return Read(self.kind, self.book)

    def may(self, stamp: Stamp, roles: Sequence[str]) -> None:
        """Raise unless the actor has one of these roles."""
        if stamp.actor.role not in roles:
            raise NotYours(self.who, may=[*roles])

    def laid(
        self, command: Draft, version: str, stamp: Stamp, states: States
    ) -> list[New]:
        """Return the draft; raises when it says what is in force already."""
        if version == states.of(self.kind, self.book).version:
            raise Rejected("rules-in-force", "这些规则与现行规则相同，不需要再报。")
        drafted = self.drafted.model_validate(
            {
                "draft_id": command.draft_id,
                "drafter_id": stamp.actor.id,
                "rules_version": version,
                "rules": command.rules,
            }
        )
        return [New(self.kind.stream(self.book), drafted)]

    def seconded(self, draft_id: UUID, stamp: Stamp, states: States) -> Any:
        """Return the draft that waits, of that id and by somebody else; or raise."""
        self.may(stamp, ADOPT)
        draft = states.of(self.kind, self.book).draft
        if draft is None or draft.draft_id != draft_id:
            raise Rejected(
                "no-such-draft", "没有这份待生效的草案，可能已被新的草案替代。"
            )
        if draft.drafter_id == stamp.actor.id:
            raise Rejected(
                "drafter-adopts", "起草人不能自己启用，请由另一人核对后启用。"
            )
        return draft

    def adoption(self, draft: Any, stamp: Stamp) -> list[New]:
        """Return that a draft is in force from today on."""
        said = (draft.rules_version, day_of(stamp.at), draft.rules)
        return self._in_force(draft.draft_id, *said)

    def seeding(self, command: Released, states: States) -> list[New]:
        """Adopt a release's rules; never over what persons laid down."""
        held = states.of(self.kind, self.book)
        if held.version == command.rules_version or not held.seeded:
            return []
        said = (command.rules_version, command.known_on, command.rules)
        return self._in_force(None, *said)

    def _in_force(
        self, draft_id: UUID | None, version: str, known_on: date, rules: Any
    ) -> list[New]:
        adopted = self.adopted.model_validate(
            {
                "draft_id": draft_id,
                "rules_version": version,
                "known_on": known_on,
                "rules": rules,
            }
        )
        return [New(self.kind.stream(self.book), adopted)]
