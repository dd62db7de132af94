"""Bulk: one act on up to a hundred cases, each a command of its own with its answer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from libs.web.languages import Said
from libs.web.problems import FieldError, More, Problem
from services.reporting.console.acts import ActForm
from services.reporting.console.channel_acts import EVERY_ACT
from services.reporting.console.deed import STATES
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import Typed
from services.reporting.console.visit import Visit
from services.reporting.reading.listed import Line

MOST = 100
AT_ONCE = 6
"""Commands under way at a time: a bulk leaves its service room for others."""
BULK = ("AcceptTransfer", "RefuseTransfer", "UrgeCase")
PLAIN = frozenset({"choice", "text", "date"})
NONE = Said("还没有勾选案件，请先勾选。", "No case is ticked: tick some first.")
TOO_MANY = Said(
    "一次最多办理 100 件，勾选了 {n} 件。请返回减到 100 件以内，分次办理。",
    "At most 100 cases at a time, and {n} are ticked: go back, untick some, and do the"
    " rest in a second go.",
)


@dataclass(frozen=True)
class Item:
    """One case of a bulk: its line, and the version that its command must name."""

    line: Line
    tag: str | None
    refusal: str | None = None


@dataclass(frozen=True)
class Result:
    """What became of one case: done, or refused with the service's own words."""

    line: Line
    done: bool
    said: str | None
    body: Mapping[str, Any]
    status: int


def form_of(act: str) -> ActForm:
    """Return an act's form with the fields that are the same for every case."""
    if act not in BULK:
        raise Problem("not-found")
    form = EVERY_ACT[act]
    return replace(form, fields=tuple(f for f in form.fields if f.kind in PLAIN))


def picked(typed: Typed) -> Sequence[UUID]:
    """Return the cases that were ticked, each once; raises 422 for none or too many."""
    said = dict.fromkeys(one for one in typed.many("case") if one)
    if not said:
        raise _refused("none", NONE)
    if len(said) > MOST:
        told = Said(*(text.format(n=len(said)) for text in (TOO_MANY.zh, TOO_MANY.en)))
        raise _refused("too-many", told)
    try:
        return [UUID(one) for one in said]
    except ValueError:
        raise Problem("not-found") from None


def _refused(code: str, said: Said) -> Problem:
    error = FieldError("pointer", "case", code, said)
    return Problem("invalid", said, more=More([error]))


def key_of(form_key: UUID, case_id: UUID) -> str:
    """Return the key of one case's command: the form sent again is the same command."""
    return str(uuid5(form_key, str(case_id)))


async def items(visit: Visit, form: ActForm, lines: Sequence[Line]) -> Sequence[Item]:
    """Ask the owning service how each case stands now."""
    service, route = STATES[form.on]

    async def item(line: Line) -> Item:
        path = route.format(case_id=line.case_id)
        answer = await call(visit, Call(service, "GET", path, route))
        if not answer.done:
            return Item(line, None, _words(visit, answer))
        return Item(line, answer.etag)

    return await _some_at_a_time([item(line) for line in lines])


async def carried_out(
    visit: Visit,
    form: ActForm,
    told: Sequence[tuple[Line, str, str]],
    body: Mapping[str, Any],
) -> Sequence[Result]:
    """Send each case's command: its line, version and key; return each answer."""

    async def sent(line: Line, tag: str, key: str) -> Result:
        headers = {"If-Match": tag, "Idempotency-Key": key}
        path = form.path.format(case_id=line.case_id)
        asked = Call(form.service, "POST", path, form.path, body, headers)
        answer = await call(visit, asked)
        said = None if answer.done else _words(visit, answer)
        return Result(line, answer.done, said, answer.body, answer.status)

    return await _some_at_a_time([sent(*one) for one in told])


def _words(visit: Visit, answer: Called) -> str:
    return str(answer.body.get("detail") or visit.words("wrong.service-down"))


async def _some_at_a_time(work: Sequence[Any]) -> Sequence[Any]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(task: Any) -> Any:
        async with room:
            return await task

    return await asyncio.gather(*(one(task) for task in work))
