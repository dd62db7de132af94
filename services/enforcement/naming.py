"""Naming: officers that a command names, as the directory knows them that day.

The door fills in who they are; a rule says of which role they must be.
"""

from uuid import UUID

from libs.events.command import Command
from libs.events.contracts.parts import Code
from libs.events.decider import Rejected
from libs.events.event import Fields


class NamedOfficer(Fields):
    """An officer of the directory: the person's opaque id, role and unit that day."""

    officer_id: UUID
    role: Code
    unit: Code


class NamesOfficers(Command):
    """A command that names officers; `named` are those that the directory knows."""

    named: tuple[NamedOfficer, ...] = ()


def must_be(command: NamesOfficers, officer_id: UUID, role: str, message: str) -> None:
    """Raise Rejected unless the named officer acts in that role today."""
    roles = {one.officer_id: one.role for one in command.named}
    if roles.get(officer_id) != role:
        raise Rejected("officer-not-entitled", message)
