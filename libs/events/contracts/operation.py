"""What every service says of its own operation, in one shared vocabulary."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code
from libs.events.event import Event

Count = Annotated[int, Field(ge=0)]


class ParkedEventDropped(Event, name="ParkedEventDropped"):
    """An operator dropped a parked event for a reason; rebuilds honour it.

    Said by the service whose consumer could not apply the event. The reason is a code:
    free text may speak of a person. Stream `parked-<id of consumer and event>`.
    """

    consumer: Code
    event_id: UUID
    reason: Code


class ParkedRetryOrdered(Event, name="ParkedRetryOrdered"):
    """An operator had parked events tried again: all, a consumer's or one stream's.

    `events` is how many were parked then. Stream `operation-<id of the command>`.
    """

    consumer: Code | None = None
    stream: Annotated[str, Field(max_length=100)] | None = None
    events: Count


class ResendOrdered(Event, name="ResendOrdered"):
    """An operator had a partition of this service's topic sent again from an index.

    `records` is how many those are; consumers drop what they have. Stream
    `operation-<id of the command>`.
    """

    partition: Count
    from_index: Count
    records: Count


class RebuildOrdered(Event, name="RebuildOrdered"):
    """An operator had a view of this service made anew from the topics.

    `records` is how many it had applied; with `as_of` it was made aside, as known then.
    Stream `operation-<id of the command>`.
    """

    view: Code
    records: Count
    as_of: datetime | None = None


class RefillOrdered(Event, name="RefillOrdered"):
    """An operator had this service's topic filled from the journal's first event.

    `records` is how many those were; consumers drop what they have. Stream
    `operation-<id of the command>`.
    """

    records: Count
