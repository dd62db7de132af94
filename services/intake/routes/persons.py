"""Routes of the vault: read with a reason, search by an exact number, erase."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from libs.acts import Answer, answered
from libs.calendar import day_of
from libs.events.contracts.parts import Code
from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation, Repeatable
from libs.web.languages import Said as Words
from libs.web.problems import FieldError, More, Problem
from services.intake.case_files import files_of
from services.intake.opening import RIGHTS, opening, sees_persons
from services.intake.said import PersonsAsked, SearchAsked
from services.intake.vault import matching
from services.intake.vault.access import PERSON, ErasePersonData, ReadPersonData
from services.intake.vault.erasing import erase
from services.intake.vault.outliving import Outlived, due_for_erasure
from services.intake.vault.reading import Holding, Said, clues_of, matched, read
from services.intake.window import Window

NO_STORE = {"Cache-Control": "no-store"}


class ErasureSaid(BaseModel):
    """Why a person's data is erased: a code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Code


class Persons(Answer):
    """What was read; each further value of a field stands under `also`.

    A field of which a value does not open any more is named under `unreadable`.
    """

    persons: list[dict[str, Any]]
    missing: list[UUID]


class Matches(Answer):
    """Who has this number, in which clues that the caller may see."""

    matches: list[dict[str, UUID]]


class DuePerson(BaseModel):
    """Whom no file keeps since a day; `clues`: in how many the person is named.

    `files` are those that did, each with its floor's article and its own last day.
    """

    person_id: UUID
    since: date
    clues: int
    files: list[Outlived]


class DueForErasure(BaseModel):
    """The persons whose data may be erased now, at most 300: ids, days and floors."""

    items: list[DuePerson]


SEEING = frozenset({permissions.Power.VIEW})


def router(window: Window) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    _reading(routes, window)
    _erasing(routes, window)
    _outliving(routes, window)
    return routes


def _reading(routes: APIRouter, window: Window) -> None:
    @routes.post("/v1/persons/read", response_model=Persons)
    async def read_persons(
        asked: PersonsAsked, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Read persons' data; one event says who read whose data, and why."""
        permissions.require(caller, RIGHTS[asked.kept_in])
        open_to = list(await opening(window, caller, asked.person_ids, asked.kept_in))
        body = await _noted(window, act, asked, open_to)
        async with window.pool.acquire() as connection:
            secret = asked.kept_in == "informants"
            found = await read(
                connection, window.keys, open_to, asked.fields, secret=secret
            )
        missing = [str(p) for p in asked.person_ids if p not in set(open_to)]
        persons = [_person(holding) for holding in found]
        said = {**body, "persons": persons, "missing": missing}
        return JSONResponse(said, headers=NO_STORE)

    @routes.post("/v1/searches", response_model=Matches)
    async def search(
        asked: SearchAsked, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Search by an exact ID number or telephone; that is an event too.

        Nobody finds an informant by a number: it would say that somebody reported.
        """
        permissions.require(caller, "ReadPersonData")
        pairs = await _matched(window, asked)
        seen = [pair for pair in pairs if await sees_persons(window, caller, pair[1])]
        body = await _noted(window, act, asked, [person for person, _ in seen])
        matches = [{"person_id": str(p), "clue_id": str(c)} for p, c in seen]
        return JSONResponse({**body, "matches": matches}, headers=NO_STORE)


def _erasing(routes: APIRouter, window: Window) -> None:
    @routes.post("/v1/persons/{person_id}/erasure", response_model=Answer)
    async def erase_person(
        person_id: UUID, said: ErasureSaid, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Erase a person's data: the key is destroyed, counts and sums stay."""
        permissions.require(caller, "ErasePersonData")
        async with window.pool.acquire() as connection:
            named = await clues_of(connection, [person_id])
            named |= await clues_of(connection, [person_id], secret=True)
            if not named:
                raise NotVisible
            files = await files_of(connection, named[person_id])
            command = ErasePersonData(
                person_id=person_id,
                reason=said.reason,
                files=tuple(file for own in files.values() for file in own),
            )
            stamp = act.stamp(await window.desk.now())
            # The event first: whatever happens then, the next start erases again.
            done = await window.desk.do(command, stamp)
            await erase(connection, person_id)
        body, _ = answered(window.desk, done, PERSON.stream(person_id))
        return JSONResponse(body)


def _outliving(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/erasures/due")
    async def due(caller: OfficerCaller) -> DueForErasure:
        """List whom no file keeps any more; nobody is erased by it."""
        permissions.require(caller, "ReadPersonReads", SEEING)
        on = day_of(await window.desk.now())
        async with window.pool.acquire() as connection:
            found = await due_for_erasure(connection, on)
        return DueForErasure(items=[DuePerson(**asdict(one)) for one in found])


async def _noted(
    window: Window,
    act: Repeatable,
    asked: PersonsAsked | SearchAsked,
    persons: Sequence[UUID],
) -> dict[str, Any]:
    """Record the reading before anything is shown."""
    fields: tuple[str, ...] = ("search",)
    said: dict[str, Any] = {"outlet": "api", "reason": asked.reason}
    if isinstance(asked, PersonsAsked):
        fields = asked.fields
        said |= {"outlet": asked.outlet, "kept_in": asked.kept_in}
    said["fields"] = fields
    read_id = act.part("read").command_id
    persons = tuple(dict.fromkeys(persons))
    command = accepted(
        ReadPersonData, {**said, "read_id": read_id, "person_ids": persons}
    )
    done = await window.desk.do(command, act.stamp(await window.desk.now()))
    return answered(window.desk, done, None)[0]


async def _matched(window: Window, asked: SearchAsked) -> list[tuple[UUID, UUID]]:
    document, phone = asked.id_number, asked.phone
    if document is None and phone is None:
        words = Words("请填写证件号码或电话。", "Give an ID number or a telephone.")
        error = FieldError("pointer", "/id_number", "missing", words)
        raise Problem("invalid", more=More([error]))
    keys = window.keys
    id_hmac = matching.of_id(keys, document.type, document.number) if document else None
    phone_hmac = matching.of_phone(keys, phone) if phone else None
    async with window.pool.acquire() as connection:
        return await matched(connection, id_hmac, phone_hmac)


def _person(holding: Holding) -> dict[str, Any]:
    held = holding.fields
    also = {name: [_said(v) for v in values[1:]] for name, values in held.items()}
    return {
        "person_id": str(holding.person_id),
        "fields": {name: _value(values[0]) for name, values in held.items()},
        "also": {name: values for name, values in also.items() if values},
        "unreadable": list(holding.unreadable),
    }


def _said(said: Said) -> dict[str, Any]:
    return {"value": _value(said), "clue_id": str(said.clue_id)}


def _value(said: Said) -> Any:  # a text, or an ID document
    return json.loads(said.value) if said.value.startswith('{"type"') else said.value
