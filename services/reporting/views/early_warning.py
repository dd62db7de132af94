"""Early warnings 预警提示台账 as they stand: issued, acknowledged, rectified."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.duties import EarlyWarningAcknowledged, EarlyWarningIssued
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class EarlyWarningRow:
    """One warning; without a result it waits for the unit's acknowledgement."""

    warning_id: UUID
    unit: str
    by_unit: str
    about: str
    colour: str
    basis: str
    acknowledge_by: datetime
    issued_at: datetime | None
    acknowledged_at: datetime | None = None
    result: str | None = None

    def late(self, now: datetime) -> bool:
        """Say whether it was, or still is to be, acknowledged too late (CLK-98)."""
        return self.acknowledge_by <= (self.acknowledged_at or now)


def evolve(row: EarlyWarningRow | None, recorded: Recorded) -> EarlyWarningRow | None:
    """Fold one event of a warning's stream; the first acknowledgement's time stays."""
    at = recorded.occurred_at
    match fact := recorded.fact():
        case EarlyWarningIssued():
            left_out = {"clock", "rule_version", "calendar_version", "employer_id"}
            return EarlyWarningRow(**fact.model_dump(exclude=left_out), issued_at=at)
        case EarlyWarningAcknowledged() if row is not None:
            first = row.acknowledged_at or at
            return replace(row, acknowledged_at=first, result=fact.result)
        case _:
            return row


VIEW = View(
    name="early_warning",
    version=1,
    services=("routing",),
    row=EarlyWarningRow,
    on=(EarlyWarningIssued, EarlyWarningAcknowledged),
    evolve=evolve,
    indexes=(index("unit"),),
)
