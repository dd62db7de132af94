"""Opening: by which clues a person of the vault opens to who asks (LIR 9, PIPL 6)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.events.contracts.persons import Register
from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.callers import SignedIn
from services.intake import known
from services.intake.vault.reading import clues_of
from services.intake.window import Window

Clues = Mapping[UUID, Sequence[UUID]]
RIGHTS: Mapping[Register, str] = {
    "persons": "ReadPersonData",
    "informants": "ReadInformantData",
}
"""Each register has its own right: who unmasks complainants, unmasks no informant."""


async def opening(
    window: Window, caller: SignedIn, persons: Sequence[UUID], register: Register
) -> Clues:
    """Return the clues by which each person opens; who does not open is left out."""
    async with window.pool.acquire() as connection:
        clues = await clues_of(connection, persons, secret=register == "informants")
    sees = {
        clue: await sees_persons(window, caller, clue, register)
        for clue in sorted(set().union(*clues.values()))
    }
    found = {
        person: [clue for clue in sorted(clues.get(person, ())) if sees[clue]]
        for person in dict.fromkeys(persons)
    }
    return {person: by for person, by in found.items() if by}


async def sees_persons(
    window: Window, caller: SignedIn, clue_id: UUID, register: Register = "persons"
) -> bool:
    """Say whether a clue's persons of that register open to the caller."""
    if not permissions.ACT & permissions.may(caller.actor.role, RIGHTS[register]):
        return False
    held, noted = await window.clue(clue_id)
    try:
        if register == "informants":
            known.informants_open(noted, held.first_asked, caller.actor)
        else:
            known.persons_open(noted, held.first_asked, held.mode, caller.actor)
    except NotVisible:
        return False
    return True
