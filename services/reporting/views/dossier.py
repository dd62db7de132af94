"""Dossiers 随案材料: what went along with each case, from whom to whom (F-2.2.3d)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.dossier import DossierHandedOver
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class HandedItem:
    """One thing that went along, by id and digest."""

    kind: str
    id: UUID
    sha256: str | None


@dataclass(frozen=True)
class HandOver:
    """One hand-over: its event, units, ground, hop, and what went along."""

    event_id: UUID
    at: datetime
    from_unit: str
    to_unit: str
    ground: str
    hop: int
    items: tuple[HandedItem, ...]
    from_case_id: UUID | None


@dataclass(frozen=True)
class DossierRow:
    """One case's hand-overs in their order; `watchers` handed it over at some time."""

    case_id: UUID
    hand_overs: tuple[HandOver, ...] = ()
    watchers: tuple[str, ...] = ()


def evolve(row: DossierRow | None, recorded: Recorded) -> DossierRow | None:
    """Fold one event of a dossier's stream; what was only noted moved nowhere."""
    fact = recorded.fact()
    if not isinstance(fact, DossierHandedOver):
        return row
    row = row or DossierRow(fact.case_id)
    items = (HandedItem(one.kind, one.id, one.sha256) for one in fact.items)
    done = HandOver(
        event_id=recorded.id,
        at=recorded.occurred_at or recorded.recorded_at,
        from_unit=fact.from_unit,
        to_unit=fact.to_unit,
        ground=fact.ground,
        hop=fact.hop,
        items=tuple(items),
        from_case_id=fact.from_case_id,
    )
    moved = {fact.from_unit} if fact.from_unit != fact.to_unit else set()
    watchers = tuple(sorted({*row.watchers, *moved}))
    return replace(row, hand_overs=(*row.hand_overs, done), watchers=watchers)


VIEW = View(
    name="dossier",
    version=1,
    services=("routing",),
    row=DossierRow,
    on=(DossierHandedOver,),
    evolve=evolve,
    indexes=(index("case_id", history=True), index("watchers", gin=True)),
)
