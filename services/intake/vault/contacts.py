"""Contacts: where messages go, kept by a choice alone and destroyed with its use.

What the complaint itself said stays while its file does, and is matched as before. Only
an e-mail address serves nothing but messages: it goes with the choice that used it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from libs.events.contracts.messages import (
    MessageChannel,
    NotificationChosen,
    NotificationWithdrawn,
)
from libs.events.event import Event
from libs.events.journal.journal import Journal
from libs.ids import case_id
from services.intake.notice import KIND
from services.intake.vault.keys import Keys
from services.intake.vault.reading import unsealed

FIELDS: Mapping[MessageChannel, str] = {"sms": "notify_phone", "email": "notify_email"}
"""What a later choice keeps, beside what was said of the person."""
SAID: Final = "email"
HELD = """
SELECT p.person_id, p.kind, p.key_id, p.wrapped_key, f.field, f.command_id, f.sealed
FROM vault.person p JOIN vault.field f USING (person_id)
WHERE p.person_id = $1 AND f.field = $2 AND f.command_id = $3
  AND p.wrapped_key IS NOT NULL
"""
# An act that is not in the log yet may still come to be: its contact is not touched.
KEPT = """
SELECT DISTINCT f.field, f.command_id, m.clue_id
FROM vault.field f JOIN vault.mention m USING (person_id, command_id)
JOIN journal.command c ON c.id = f.command_id
WHERE f.person_id = $1 AND f.field = ANY($2)
ORDER BY f.field, f.command_id, m.clue_id
"""
CLUES = """
SELECT DISTINCT clue_id FROM vault.mention WHERE person_id = $1 ORDER BY clue_id
"""
FORGET = """
DELETE FROM vault.field f USING unnest($2::text[], $3::uuid[]) AS g (field, act)
WHERE f.person_id = $1 AND f.field = g.field AND f.command_id = g.act
"""
CHOSE_ANEW = """
SELECT DISTINCT substring(data FROM '"person_id":"([^"]+)"')::uuid AS person
FROM journal.event
WHERE type = 'NotificationWithdrawn'
  OR (type = 'NotificationChosen' AND strpos(data, '"contact":"') > 0)
ORDER BY person
"""


@dataclass(frozen=True)
class Contact:
    """A contact as it lies in the vault: which field, by which act, of which clue."""

    field: str
    act: UUID
    clue_id: UUID


async def contact_of(
    journal: Journal, keys: Keys, chosen: NotificationChosen
) -> str | None:
    """Return where a later choice sends messages; None: it is not kept any more."""
    name = FIELDS[chosen.channel]
    row = await journal.pool.fetchrow(HELD, chosen.person_id, name, chosen.contact)
    return None if row is None else unsealed(keys, row)


def unused(
    contacts: Iterable[Contact], choices: Mapping[UUID, Sequence[Event]]
) -> list[Contact]:
    """Return what no choice of a person uses any more; `choices`: of each clue.

    An address that a complaint said goes once its author chose anew there and no
    complaint of the same person is still told by e-mail as it was said.
    """
    now = [one for said in choices.values() if (one := KIND.fold(said)) is not None]
    used = {one.contact for one in now}
    as_said = any(one.channel == "email" and one.contact is None for one in now)
    anew = {clue for clue, said in choices.items() if any(map(_anew, said))}
    return [
        one
        for one in contacts
        if (one.act not in used if one.field != SAID else one.clue_id in anew)
        and not (one.field == SAID and as_said)
    ]


def _anew(event: Event) -> bool:
    if isinstance(event, NotificationChosen):
        return event.contact is not None
    return isinstance(event, NotificationWithdrawn)


async def forget_unused(journal: Journal, person: UUID) -> int:
    """Destroy a person's contacts that nothing uses any more; return how many."""
    names = [SAID, *FIELDS.values()]
    # Looked up before the choices: what is found here, they already know of.
    rows = await journal.pool.fetch(KEPT, person, names)
    contacts = [
        Contact(row["field"], _id(row["command_id"]), _id(row["clue_id"]))
        for row in rows
    ]
    gone = unused(contacts, await _choices(journal, person)) if contacts else []
    if gone:
        fields, acts = [one.field for one in gone], [one.act for one in gone]
        await journal.pool.execute(FORGET, person, fields, acts)
    return len(gone)


def _id(found: UUID) -> UUID:
    # asyncpg has a class of its own for them.
    return UUID(int=found.int)


async def _choices(journal: Journal, person: UUID) -> dict[UUID, list[Event]]:
    rows = await journal.pool.fetch(CLUES, person)
    clues = [_id(row["clue_id"]) for row in rows]
    names = {clue: KIND.stream(case_id(clue)) for clue in clues}
    streams = await journal.read_streams(list(names.values()))
    said = {
        clue: [record.fact() for record in streams[name]]
        for clue, name in names.items()
    }
    return {clue: [e for e in facts if _of(e, person)] for clue, facts in said.items()}


def _of(event: Event, person: UUID) -> bool:
    if not isinstance(event, NotificationChosen | NotificationWithdrawn):
        return False
    return event.person_id == person


async def replay_choices(journal: Journal) -> int:
    """Destroy again what no choice of the log uses; return how much had come back.

    Called before the door opens, as for erasures: a restored vault may hold it again,
    and a crash may have come between the choice and the destroying.
    """
    rows = await journal.pool.fetch(CHOSE_ANEW)
    people = [_id(row["person"]) for row in rows]
    return sum([await forget_unused(journal, person) for person in people])
