"""Reporting in short steps: each page carries what was typed on the ones before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from fastapi import APIRouter, Request, Response

from libs.events.perform import CommandKeyReused
from libs.telemetry.traceparent import current_traceparent
from libs.web import permissions
from libs.web.callers import ANYBODY
from libs.web.idempotency import Repeatable, command_id, request_hmac
from libs.web.languages import Language, Said
from libs.web.pages.words import catalogue
from libs.web.problems import Problem
from services.intake.pages.checked import Checked, Troubles, check_draft, rows_of
from services.intake.pages.draft import MOST_ROWS, SENT, STEPS, Draft, row_of
from services.intake.pages.page import (
    HERE,
    Shown,
    language_of,
    page,
    page_routes,
    typed,
    unit_name,
)
from services.intake.pages.receipt import qr, receipt_values
from services.intake.registering import Form, register
from services.intake.said import ReportSaid
from services.intake.window import Window

UNPROCESSABLE = 422
CONFLICT = 409
USED = Said(
    "这张表已经提交过，回执已经给您了。要反映别的事情，请重新填一张。",
    "This form was sent already and you were given its receipt. For another matter"
    " begin a new one.",
)


@dataclass(frozen=True)
class Turn:
    """One sending of the form: the draft, its step, and what was pressed."""

    draft: Draft
    step: int
    go: str
    language: Language

    @classmethod
    def of(cls, fields: Mapping[str, str], kept: Language) -> "Turn":
        """Read a form; raises 404 for a step that there is not."""
        step, go = fields.get("step", "1"), fields.get("go", "next")
        if not re.fullmatch(rf"[1-{SENT}]", step):
            raise Problem("not-found")
        language: Language = kept
        if go in {"lang-zh", "lang-en"}:
            language = "en" if go == "lang-en" else "zh"
        return cls(Draft.of(fields), int(step), go, language)

    @property
    def switched(self) -> Language | None:
        """Return the language that was switched to with this sending."""
        return self.language if self.go.startswith("lang-") else None


def router(window: Window) -> APIRouter:
    """Return the routes of reporting."""
    routes = page_routes()

    @routes.get("/report")
    async def begin(request: Request) -> Response:
        turn = Turn(Draft.new(), 1, "begin", language_of(request))
        return await _shown(window, request, turn)

    @routes.post("/report")
    async def go_on(request: Request) -> Response:
        turn = Turn.of(await typed(request), language_of(request))
        if turn.go == "next" and turn.step < len(STEPS):
            return await _next(window, request, turn)
        # Switching the language of a receipt shows the same receipt again.
        if turn.step == SENT or (turn.go == "send" and turn.step == len(STEPS)):
            return await _sent(window, request, turn)
        return await _shown(window, request, _moved(turn))

    return routes


def _moved(turn: Turn) -> Turn:
    """Return the turn after a button that only moves about in the draft."""
    number = re.fullmatch(r"(edit|drop)-([0-9]{1,2})", turn.go, re.ASCII)
    match turn.go.split("-", maxsplit=1)[0]:
        case "back":
            return replace(turn, step=max(1, turn.step - 1))
        case "add":
            return replace(turn, draft=turn.draft.with_row())
        case "drop" if number:
            return replace(turn, draft=turn.draft.without_row(int(number[2])))
        case "edit" if number:
            return replace(turn, step=min(max(1, int(number[2])), len(STEPS)))
        case _:
            return turn


async def _next(window: Window, request: Request, turn: Turn) -> Response:
    checked = check_draft(turn.draft, await window.desk.now(), turn.step)
    wrong = checked.first_step(turn.draft.rows)
    if wrong is not None:
        step = min(wrong, turn.step)
        return await _shown(window, request, replace(turn, step=step), checked)
    return await _shown(window, request, replace(turn, step=turn.step + 1))


async def _shown(
    window: Window, request: Request, turn: Turn, checked: Checked | None = None
) -> Response:
    """Show a step; the last one is checked as a whole before it is shown."""
    now = await window.desk.now()
    if turn.step >= len(STEPS) and checked is None:
        checked = check_draft(turn.draft, now)
        wrong = checked.first_step(turn.draft.rows)
        if wrong is not None and wrong < len(STEPS):
            return await _shown(window, request, replace(turn, step=wrong), checked)
    return _step_page(request, turn, checked or Checked({}))


def _step_page(
    request: Request, turn: Turn, checked: Checked, status: int | None = None
) -> Response:
    step = min(turn.step, len(STEPS))
    values = {
        "draft": turn.draft,
        "step": step,
        "steps": len(STEPS),
        "hidden": list(turn.draft.hidden(step)),
        "most": MOST_ROWS,
        "troubles": _said(checked.troubles, turn.language),
        "hints": _said(checked.hints, turn.language),
        "labels": dict(_labels(checked.troubles, turn.language)),
        "switch_form": "steps",
    }
    told = status or (UNPROCESSABLE if checked.troubles else 200)
    template = f"report/{STEPS[step - 1]}.html"
    return page(request, Shown(template, values, told, turn.switched))


def _labels(troubles: Troubles, language: Language) -> Iterator[tuple[str, str]]:
    """Name the worker's field that a trouble stands at: there may be many alike."""
    words = catalogue(HERE / "words", language)
    for name in troubles:
        row, field = row_of(name)
        if row:
            label = words(f"who.{field}")
            yield name, words("report.row", number=row, label=label)


def _said(troubles: Mapping[str, Said], language: Language) -> Mapping[str, str]:
    return {name: words.to(language) for name, words in troubles.items()}


async def _sent(window: Window, request: Request, turn: Turn) -> Response:
    """Register the draft once and show its receipt; a repeat shows the same one."""
    checked = check_draft(turn.draft, await window.desk.now())
    if checked.said is None:
        step = checked.first_step(turn.draft.rows) or len(STEPS)
        return await _shown(window, request, replace(turn, step=step), checked)
    form = _form(request, turn, checked)
    permissions.require(
        ANYBODY, "RegisterReport" if form.kind == "report" else "RegisterComplaint"
    )
    if refused := await _too_often(window, request, form):
        again = Checked({"": refused.said})
        return _step_page(request, turn, again, refused.status_code)
    try:
        found = await register(window, form)
    except CommandKeyReused:
        fresh = replace(turn, draft=replace(turn.draft, key=Draft.new().key))
        return _step_page(request, fresh, Checked({"": USED}), CONFLICT)
    values = await receipt_values(window, found, turn.language)
    shown = {
        **values,
        "draft": turn.draft,
        "hidden": list(turn.draft.hidden(SENT)),
        "holder": unit_name(window, found.received.first_asked_unit, turn.language),
        "address": str(request.base_url.replace(path="/track")),
        "qr": qr(str(request.base_url.replace(path="/track"))),
        "names": [turn.draft[f"w{row}_name"] for row in rows_of(turn.draft)],
        "step": SENT,
        "switch_form": "steps",
    }
    return page(request, Shown("receipt.html", shown, 201, turn.switched))


def _form(request: Request, turn: Turn, checked: Checked) -> Form:
    said = checked.said
    if said is None:
        raise TypeError("a draft that was refused makes no form")
    kind: Literal["complaint", "report"]
    kind = "report" if isinstance(said, ReportSaid) else "complaint"
    mac = request_hmac(
        request.app.state.request_key,
        ("POST", f"/report#{kind}"),
        said.model_dump_json().encode(),
    )
    act = Repeatable(
        command_id(ANYBODY.actor.id, turn.draft.key),
        mac,
        ANYBODY.actor,
        current_traceparent(),
    )
    return Form(said, kind, ANYBODY, act)


async def _too_often(window: Window, request: Request, form: Form) -> Problem | None:
    """Count a new report by address; sending one again is not counted."""
    if await window.desk.log.journal.kept(form.act.command_id) is not None:
        return None
    address = request.client.host if request.client else "unknown"
    try:
        window.reports.take(address)
    except Problem as problem:
        return problem
    return None
