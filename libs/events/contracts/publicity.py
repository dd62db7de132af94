"""What reporting says of publicity 宣传: what units did so that people know."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Text
from libs.events.event import Event

PublicityMeans = Literal[
    "lecture", "stall", "site_visit", "poster", "broadcast", "online", "media", "other"
]
Sessions = Annotated[int, Field(ge=1, le=1_000)]
Reached = Annotated[int, Field(ge=0, le=1_000_000)]


class PublicityActivityLogged(Event, name="PublicityActivityLogged"):
    """A unit held an activity so that people know their rights (F-2.2.1c).

    `people` were reached and `leaflets` given out; zero is none. `place` names no
    person. Stream `publicity-<activity_id>`.
    """

    activity_id: UUID
    unit: Code
    held_on: date
    means: PublicityMeans
    place: Text
    area: Code | None
    sessions: Sessions
    people: Reached
    leaflets: Reached
