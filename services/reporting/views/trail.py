"""The trail: every event that speaks of a case, with who, when and from what cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.events.contracts import (
    channels,
    clocks,
    dossier,
    duplicates,
    duties,
    enforcement,
    evidence,
    groups,
    intake,
    merging,
    messages,
    operation,
    patrols,
    persons,
    reporting,
    routing,
    sheets,
    supervision,
    tracks,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import Register, index


@dataclass(frozen=True)
class TrailLine:
    """One event as a page shows it; `data` is what it says."""

    case_id: UUID | None
    type: str
    schema_version: int
    stream_version: int
    precision: str
    actor_id: UUID
    role: str
    unit: str
    source: str
    serial: str | None
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: dict[str, Any]


def facts(recorded: Recorded) -> Sequence[TrailLine]:
    """Return the event's one line."""
    fact = recorded.fact()
    data = fact.model_dump(mode="json")
    about = data.get("case_id")
    line = TrailLine(
        case_id=UUID(about) if about else None,
        type=recorded.type,
        schema_version=recorded.schema_version,
        stream_version=recorded.version,
        precision=recorded.occurred_precision,
        actor_id=recorded.actor.id,
        role=recorded.actor.role,
        unit=recorded.actor.unit,
        source=recorded.source,
        serial=recorded.serial,
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        traceparent=recorded.traceparent,
        data=data,
    )
    return [line]


def _told() -> tuple[type[Event], ...]:
    """Return the events a reader of a case follows: notes to oneself are left out."""
    words = {
        word
        for vocabulary in VOCABULARIES
        for word in vars(vocabulary).values()
        if isinstance(word, type) and issubclass(word, Event) and word is not Event
    }
    told = [w for w in words if "cause" not in w.model_fields or w.name == FIGURE]
    return tuple(sorted(told, key=lambda word: word.name))


VOCABULARIES = (
    intake, channels, duplicates, messages, patrols, persons, sheets, routing, clocks,
    dossier, supervision, duties, enforcement, evidence, merging, groups, reporting,
    operation, tracks,
)  # fmt: skip
FIGURE = "FigureCorrected"

REGISTER = Register(
    name="trail",
    version=1,
    services=("intake", "routing", "enforcement", "reporting"),
    row=TrailLine,
    on=_told(),
    facts=facts,
    indexes=(
        index("case_id", "recorded_at"),
        index("correlation_id"),
        index("type", "recorded_at"),
    ),
)
