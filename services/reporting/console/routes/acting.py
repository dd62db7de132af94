"""Acting: an act's form; what is typed survives every refusal; done exactly once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console import answers
from services.reporting.console.deed import (
    Deed,
    State,
    by_field,
    deed_of,
    differences,
    do,
    new_key,
    place_of,
    state_of,
)
from services.reporting.console.doors import DOWN, Called
from services.reporting.console.forms import EMPTY, Typed, checked_form
from services.reporting.console.meanwhile import CHANGED, meanwhile
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.asking import Answer, Asking
from services.reporting.reading.case_page import CasePage, case_page
from services.reporting.reading.trail import Happened

FORM = "/cases/{case_id}/acts/{act}"
STALE, INVALID = 412, 422


@dataclass(frozen=True)
class Shown:
    """A form as it is shown: what was typed, what is wrong, what changed meanwhile."""

    key: str
    state: State | None
    typed: Typed = EMPTY
    wrong: Mapping[str, str] = field(default_factory=dict)
    refusal: str | None = None
    changed: tuple[tuple[str, object, object], ...] = ()
    status: int = 200
    meanwhile: Sequence[Happened] = ()


def add_routes(router: APIRouter) -> None:
    """Add the page of an act's form, and its sending."""

    @router.get(FORM)
    async def form(
        request: Request, visit: Visiting, case_id: UUID, act: str
    ) -> Response:
        deed = await _deed(request, visit, case_id, act)
        state = await state_of(visit, deed)
        return _page(visit, deed, Shown(new_key(), state))

    @router.post(FORM)
    async def send(
        request: Request, visit: Visiting, case_id: UUID, act: str
    ) -> Response:
        typed = await checked_form(request, visit.session)
        deed = await _deed(request, visit, case_id, act)
        return await _sent(visit, deed, typed)


async def case_answer(visit: Visit, case_id: UUID) -> Answer[CasePage]:
    """Return a case as it stands; raises 404 for one that the reader may not see."""
    visit.require("ReadCases")
    answer = await case_page(visit.running, Asking(visit.caller.actor), case_id)
    if answer is None:
        raise Problem("not-found")
    return answer


async def the_case(visit: Visit, case_id: UUID) -> CasePage:
    """Return what stands of a case; raises 404 for one that may not be seen."""
    return (await case_answer(visit, case_id)).found


async def _deed(request: Request, visit: Visit, case_id: UUID, act: str) -> Deed:
    answer = await case_answer(visit, case_id)
    deed = deed_of(answer.found, act, request.query_params)
    return replace(deed, complete_up_to=answer.of.complete_up_to)


async def _sent(visit: Visit, deed: Deed, typed: Typed) -> Response:
    key, tag = typed.one("key") or new_key(), typed.one("tag")
    body = answers.read(deed.form, typed, deed.page, deed.claim)
    if body.wrong:
        wrong = {
            name: visit.words(f"wrong.{code}") for name, code in body.wrong.items()
        }
        kept = _as_seen(typed)
        return _page(visit, deed, Shown(key, kept, typed, wrong, status=INVALID))
    answer = await do(visit, deed, tag, key, body.said)
    if answer.done:
        place = place_of(answer.body)
        query = urlencode({"seen": place, "done": deed.act})
        return see(f"/console/cases/{deed.page.case_id}?{query}")
    return _page(visit, deed, await _refused(visit, deed, typed, answer))


async def _refused(visit: Visit, deed: Deed, typed: Typed, answer: Called) -> Shown:
    fresh = await state_of(visit, deed)
    changed: tuple[tuple[str, object, object], ...] = ()
    if answer.status == STALE and fresh is not None:
        changed = tuple(differences(typed.one("saw"), fresh.body))
    return Shown(
        # Whoever corrects a form after a refusal does another act, with its own key.
        new_key() if answer.status != DOWN else typed.one("key") or new_key(),
        fresh or _as_seen(typed),
        typed,
        by_field(answer.body),
        str(answer.body.get("detail") or visit.words("wrong.service-down")),
        changed,
        answer.status,
        await meanwhile(visit, typed) if answer.status in CHANGED else (),
    )


def _as_seen(typed: Typed) -> State:
    """Return the state that the form was shown with."""
    try:
        body = json.loads(typed.one("saw"))
    except ValueError:
        body = {}
    return State(typed.one("tag"), body if isinstance(body, dict) else {})


def _page(visit: Visit, deed: Deed, shown: Shown) -> Response:
    values = {"deed": deed, "shown": shown, "page": deed.page}
    return page(visit, "act.html", values, shown.status)
