"""What any service notes when routing merges or splits cases."""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code
from libs.events.event import Event


class CaseMergeNoted(Event, name="CaseMergeNoted"):
    """A service noted that a case went into another, took one in, or is apart again.

    `unit` owned the case that went in: it may see the other from then on. Stream
    `known-<case_id>`; never the stream that an If-Match names.
    """

    case_id: UUID
    other_case_id: UUID
    fact: Literal["went_into", "took_in", "apart"]
    unit: Code | None = None
    cause: UUID
