"""What intake says of a person's data that was corrected."""

from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code
from libs.events.event import Event

Register = Literal["persons", "informants"]
"""Which register of the vault was read: informants 举报人 have one of their own."""


class PersonDataCorrected(Event, name="PersonDataCorrected"):
    """A person's data was corrected 更正 (PIPL 46); the old value stays sealed.

    `fields`: which ones; what they say is in the vault alone. `clue_id`: the clue that
    names the person and was asked about. Stream `person-<person_id>`.
    """

    person_id: UUID
    clue_id: UUID
    fields: tuple[Code, ...]
    reason: Literal["own-request", "entry-error", "changed"]
