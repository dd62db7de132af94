"""What every service says of its own operation, in one shared vocabulary."""

from uuid import UUID

from libs.events.contracts.parts import Code
from libs.events.event import Event


class ParkedEventDropped(Event, name="ParkedEventDropped"):
    """An operator dropped a parked event for a reason; rebuilds honour it.

    Said by the service whose consumer could not apply the event. The reason is a code:
    free text may speak of a person. Stream `parked-<id of consumer and event>`.
    """

    consumer: Code
    event_id: UUID
    reason: Code
