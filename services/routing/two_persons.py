"""Two persons: rules that one officer drafts are put in force by another."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from libs.events.command import Stamp
from libs.events.decider import NotYours, Rejected

ADOPT = ("leading-group", "hrss-head")
DRAFT = (*ADOPT, "brigade")


class Drafted(Protocol):
    """What is known of any draft: which, and whose it is."""

    @property
    def draft_id(self) -> UUID: ...

    @property
    def drafter_id(self) -> UUID: ...


D = TypeVar("D", bound=Drafted)


def may(stamp: Stamp, roles: Sequence[str], message: str) -> None:
    """Raise unless the actor has one of these roles."""
    if stamp.actor.role not in roles:
        raise NotYours(message, may=[*roles])


def seconded(draft: D | None, draft_id: UUID, stamp: Stamp) -> D:
    """Return the draft that waits, of that id and by somebody else; or raise."""
    if draft is None or draft.draft_id != draft_id:
        raise Rejected("no-such-draft", "没有这份待生效的草案，可能已被新的草案替代。")
    if draft.drafter_id == stamp.actor.id:
        raise Rejected("drafter-adopts", "起草人不能自己启用，请由另一人核对后启用。")
    return draft


def differs(version: str, in_force: str | None) -> None:
    """Raise when a draft says what is in force already."""
    if version == in_force:
        raise Rejected("rules-in-force", "这些规则与现行规则相同，不需要再报。")
