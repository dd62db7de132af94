"""Who stands at the door: a signed-in officer, a worker with a code, or anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs import ids
from libs.events.event import Actor
from libs.organisation import Organisation

NO_UNIT = "public"


@dataclass(frozen=True)
class Officer:
    """A row of the dated organisation table: whose token, which role, which unit."""

    subject: str
    role: str
    unit: str
    title: str = ""
    title_en: str = ""


Officers = Callable[[str, date], Officer | None]


def officers_of(organisation: Callable[[], Organisation]) -> Officers:
    """Return how to find an officer in the organisation that is in force."""

    def found(subject: str, on: date) -> Officer | None:
        row = organisation().role_of(subject, on)
        if row is None:
            return None
        return Officer(subject, row.role, row.unit, row.title_zh, row.title_en)

    return found


@dataclass(frozen=True)
class SignedIn:
    """An officer, or a partner agency, as the organisation table knows it today."""

    actor: Actor
    officer: Officer


@dataclass(frozen=True)
class Worker:
    """Somebody who showed a query code: of one clue's receipt, or of one claim."""

    actor: Actor
    kind: Literal["clue", "claim"]
    subject_id: UUID

    def holds(self, kind: Literal["clue", "claim"], subject_id: UUID) -> bool:
        """Tell whether the code was for this very clue or claim."""
        return self.kind == kind and self.subject_id == subject_id


@dataclass(frozen=True)
class Anybody:
    """Nobody signed in: may report and complain, and look up by code."""

    actor: Actor


Caller = SignedIn | Worker | Anybody

ANYBODY = Anybody(Actor(ids.named("actor", "public"), "public", NO_UNIT))
