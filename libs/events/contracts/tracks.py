"""What enforcement says of the track on which a verified case is handled (F-2.3.0)."""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code
from libs.events.event import Event

Track = Literal["admin", "mediation", "arbitration", "criminal", "relief"]
TrackReason = Literal[
    "new-facts", "no-agreement", "agreement-broken", "order-unpaid", "worker-chose",
    "entry-error",
]  # fmt: skip


class CaseClassified(Event, name="CaseClassified"):
    """A case with verified arrears was put on a track 分类施策, or on another one.

    `previous` is the track that it left, `reason` why; both are empty the first time.
    `rule_version` is the version of the track's rule, with article and advice, on that
    day; `unit` owned the case. Stream `track-<case_id>`.
    """

    case_id: UUID
    track: Track
    previous: Track | None = None
    reason: TrackReason | None = None
    rule_version: int
    unit: Code
