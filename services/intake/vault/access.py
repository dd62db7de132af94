"""Access to the vault: reading, correcting and erasing are events with a reason."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.intake import PersonDataErased, PersonDataRead
from libs.events.contracts.parts import Code
from libs.events.contracts.persons import PersonDataCorrected, Register
from libs.events.decider import Kind, NotVisible, Read, Rule, States
from libs.events.event import Event, New
from services.intake.retention import KeptFile, release


@dataclass(frozen=True)
class Access:
    """What decisions ask: whether a person was erased."""

    erased: bool = False


def evolve(access: Access, event: Event) -> Access:
    """Fold one event of a person's stream."""
    match event:
        case PersonDataErased():
            return replace(access, erased=True)
        case _:
            return access


BY_MISTAKE = "entered-by-mistake"
"""Why data is erased that was never of a file; everything else waits for the floors."""
PERSON = Kind("person", Access(), evolve)
READING = Kind("vaultread", Access(), evolve)


class ReadPersonData(Command):
    """Read persons' data out of the vault: one event a batch (PIPL 54)."""

    read_id: UUID
    person_ids: Annotated[tuple[UUID, ...], Field(max_length=2000)]
    fields: Annotated[tuple[Code, ...], Field(min_length=1)]
    reason: Code
    outlet: Literal["page", "api", "export"] = "api"
    kept_in: Register = "persons"


class CorrectPersonData(Command):
    """Correct a person's data (PIPL 46); what stood before stays sealed beside it."""

    person_id: UUID
    clue_id: UUID
    fields: Annotated[tuple[Code, ...], Field(min_length=1)]
    reason: Literal["own-request", "entry-error", "changed"]


class ErasePersonData(Command):
    """Erase a person's data (PIPL 47); every count and sum stays.

    `files`: those in which the person stands, as the door finds them.
    """

    person_id: UUID
    reason: Code
    files: tuple[KeptFile, ...] = ()


def read(command: ReadPersonData, _stamp: Stamp, _states: States) -> list[New]:
    """Say who read whose data and why."""
    said = PersonDataRead.model_validate(command.model_dump())
    return [New(READING.stream(command.read_id), said)]


def correct(command: CorrectPersonData, _stamp: Stamp, states: States) -> list[New]:
    """Say which fields were corrected; of who was erased nothing is left to correct."""
    if states.of(PERSON, command.person_id).erased:
        raise NotVisible
    said = PersonDataCorrected.model_validate(command.model_dump())
    return [New(PERSON.stream(command.person_id), said)]


def erase(command: ErasePersonData, stamp: Stamp, states: States) -> list[New]:
    """Erase once, after the floors of every file; a second time nothing is left to say.

    Who was entered by mistake stands in no file: nothing keeps such data (PIPL 47 (4)).
    """
    if states.of(PERSON, command.person_id).erased:
        return []
    if command.reason != BY_MISTAKE:
        release(command.files, day_of(stamp.at))
    said = PersonDataErased(person_id=command.person_id, reason=command.reason)
    return [New(PERSON.stream(command.person_id), said)]


RULES = (
    Rule(ReadPersonData, lambda command: [Read(READING, command.read_id)], read),
    Rule(CorrectPersonData, lambda command: [Read(PERSON, command.person_id)], correct),
    Rule(ErasePersonData, lambda command: [Read(PERSON, command.person_id)], erase),
)
