"""What enforcement says of evidence that it has already."""

from uuid import UUID

from libs.events.contracts.parts import Code, Sha256
from libs.events.event import Event


class EvidenceHandedInAgain(Event, name="EvidenceHandedInAgain"):
    """Bytes that a case has as evidence came in once more: nothing was added.

    After a hand-over it is a repeat that the worker should have been spared (F-2.2.3d).
    Stream `evidence-<case_id>`.
    """

    case_id: UUID
    kind: Code
    sha256: Sha256
