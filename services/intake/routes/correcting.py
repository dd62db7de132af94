"""Correcting a person's data 更正 (PIPL 46): the vault first, then the event."""

from collections.abc import Collection
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from libs.acts import Answer, answered
from libs.calendar import day_of
from libs.codes import check_bank_card, check_phone
from libs.events.contracts.persons import Register
from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.idempotency import Creation, Repeatable
from libs.web.languages import Said as Words
from libs.web.problems import FieldError, More, Problem
from services.intake.checking import Checked
from services.intake.opening import opening
from services.intake.persons import fields_of
from services.intake.said import CorrectionSaid
from services.intake.vault import matching
from services.intake.vault.access import PERSON, CorrectPersonData
from services.intake.vault.keeping import Keeping, keep
from services.intake.window import Window

ROLE = "correction"
"""By this role of its mention the vault knows a correction from what was said."""
REMATCH = """
UPDATE vault.person SET phone_hmac = $2
WHERE person_id = $1 AND wrapped_key IS NOT NULL AND kind <> 'informant'
"""
NOTHING = Words("请填写要更正的内容。", "Say what is to be corrected.")


def router(window: Window) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.post("/v1/persons/{person_id}/correction", response_model=Answer)
    async def correct_person(
        person_id: UUID, said: CorrectionSaid, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Correct a person's data; the event says which fields, and no value."""
        permissions.require(caller, "CorrectPersonData")
        fields = fields_of(said.person)
        command = CorrectPersonData(
            person_id=person_id,
            clue_id=await _clue_of(window, caller, person_id),
            fields=tuple(sorted(fields)) or ("none",),
            reason=said.reason,
        )
        now = await window.desk.now()
        _check(said, Checked(day_of(now)), fields)
        await _kept(window, act, command, fields)
        done = await window.desk.do(command, act.stamp(now))
        body, _ = answered(window.desk, done, PERSON.stream(person_id))
        return JSONResponse(body)

    return routes


async def _clue_of(window: Window, caller: SignedIn, person_id: UUID) -> UUID:
    """Return a clue that names the person and opens to the caller; raises 404."""
    registers: tuple[Register, ...] = ("persons", "informants")
    for register in registers:
        found = await opening(window, caller, [person_id], register)
        if found:
            return found[person_id][0]
    raise NotVisible


def _check(said: CorrectionSaid, checked: Checked, fields: Collection[str]) -> None:
    """Raise the 422 of what cannot be right, or where nothing is said."""
    if not fields:
        error = FieldError("pointer", "/name", "missing", NOTHING)
        raise Problem("invalid", more=More([error]))
    if said.phone is not None:
        checked.take("/phone", check_phone(said.phone))
    if said.bank_card is not None:
        checked.take("/bank_card", check_bank_card(said.bank_card))
    checked.settle()


async def _kept(
    window: Window,
    act: Repeatable,
    command: CorrectPersonData,
    fields: dict[str, str],
) -> None:
    if await window.desk.log.journal.kept(act.command_id) is not None:
        return
    right = Keeping(
        command.person_id, "person", act.command_id, command.clue_id, ROLE, fields
    )
    async with window.pool.acquire() as connection:
        await keep(connection, window.keys, [right])
        if "phone" in fields:
            phone = matching.of_phone(window.keys, fields["phone"])
            await connection.execute(REMATCH, command.person_id, phone)
