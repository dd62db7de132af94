"""The case page, one event, and names by right and reason."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.deed import new_key, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.drawing import story_picture
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Sheet, answered, blank, refused
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.advice import advised
from services.reporting.reading.asking import Answer
from services.reporting.reading.case_page import CasePage, case_page
from services.reporting.reading.findings import findings
from services.reporting.reading.risks import grade_of
from services.reporting.reading.steps import Step, steps_of_case, steps_of_claim
from services.reporting.reading.trail import story
from services.reporting.reading.way import Usual, usual_next
from services.reporting.views.risk import RiskRow

REASONS = ("handling", "call-back", "verification", "supervision")
FIELDS = ("name", "phone")
REGISTERS = ("persons", "informants")


def add_routes(router: APIRouter) -> None:
    """Add the pages about one case."""

    @router.get("/cases/{case_id}")
    async def case(request: Request, visit: Visiting, case_id: UUID) -> Response:
        answer = await _case(visit, case_id)
        late = not await shown(visit, request.query_params.get("seen"))
        if request.query_params.get("seen"):
            answer = await _case(visit, case_id)
        done = request.query_params.get("done")
        more = {"late": late, "done": done, "risk": await _risk(visit, answer.found)}
        return _merged(request, answer.found) or _page(visit, answer, more)

    @router.post("/cases/{case_id}/persons")
    async def persons(request: Request, visit: Visiting, case_id: UUID) -> Response:
        typed = await own_form(request, visit, "ReadPersonData")
        answer = await _case(visit, case_id)
        found = await _names(visit, answer.found, typed)
        risk = await _risk(visit, answer.found)
        told: dict[str, Any] = {"sheet": found}
        if not isinstance(found, Sheet):
            told = {"names": found, "opened": typed.one("kept_in") or REGISTERS[0]}
        return _page(visit, answer, {**told, "risk": risk})

    @router.get("/events/{event_id}")
    async def event(visit: Visiting, event_id: UUID) -> Response:
        visit.require("EventTrail")
        answer = await story(visit.running, visit.asking, event_id)
        if answer is None:
            raise Problem("not-found")
        return page(visit, "event.html", {"answer": answer, "story": answer.found})


def _merged(request: Request, case: CasePage) -> Response | None:
    """Return the way to where a merged case went: both numbers lead there."""
    if case.merged_into is None:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return see(f"/console/cases/{case.merged_into}{query}")


async def _case(visit: Visit, case_id: UUID) -> Answer[CasePage]:
    visit.require("ReadCases")
    answer = await case_page(visit.running, visit.asking, case_id)
    if answer is None:
        raise Problem("not-found")
    return answer


async def _risk(visit: Visit, case: CasePage) -> RiskRow | None:
    """Return the grade of a case's employer, for who may see grades."""
    if case.case is None or not visit.may("AssessRisk"):
        return None
    return await grade_of(visit.running.pool, visit.asking, case.case.employer_id)


def _page(visit: Visit, answer: Answer[CasePage], more: Mapping[str, Any]) -> Response:
    case = answer.found
    past = visit.as_of is not None
    claim_steps = {} if past else _claim_steps(visit, case)
    usual = None if past else usual_next(case)
    steps = [] if past else steps_of_case(case, visit.caller)
    values: dict[str, Any] = {
        "late": False,
        "done": None,
        "names": None,
        "opened": None,
        "informant": informant(case),
        "sheet": blank(),
        "answer": answer,
        "page": case,
        "steps": steps,
        "claim_steps": _open(claim_steps),
        "off": [*(one for one in steps if not one.open), *_closed(claim_steps)],
        "usual": usual,
        "usual_step": _matching(usual, [*steps, *_every(claim_steps)]),
        "findings": findings(case),
        "advised": advised(case),
        "picture": story_picture(case.trail, visit.words),
        "reasons": REASONS,
        "registers": REGISTERS if informant(case) and not past else (),
        **more,
    }
    return page(visit, "case.html", values, values["sheet"].status)


ClaimSteps = Mapping[UUID, Sequence[Step]]


def _claim_steps(visit: Visit, case: CasePage) -> ClaimSteps:
    if case.case is None:
        return {}
    return {
        claim.claim_id: steps_of_claim(case, visit.caller, claim)
        for claim in case.claims
    }


def _every(steps: ClaimSteps) -> list[Step]:
    return [step for of_claim in steps.values() for step in of_claim]


def _open(steps: ClaimSteps) -> dict[UUID, list[Step]]:
    return {key: [one for one in held if one.open] for key, held in steps.items()}


def _closed(steps: ClaimSteps) -> list[Step]:
    """Return the claims' steps that are off for all of them, each reason once."""
    every = _every(steps)
    may = {step.act for step in every if step.open}
    off = {(step.act, step.why): step for step in every if step.act not in may}
    return list(off.values())


def _matching(usual: Usual | None, steps: Sequence[Step]) -> Step | None:
    """Return the reader's own step that is the usual next one, if it is open."""
    if usual is None:
        return None
    of = (usual.claim.claim_id if usual.claim else None, usual.payment_id)
    return next(
        (
            step
            for step in steps
            if step.open
            and step.act == usual.act
            and (step.claim_id, step.payment_id) == of
        ),
        None,
    )


async def _names(visit: Visit, case: CasePage, typed: Typed) -> dict[str, Any] | Sheet:
    """Ask intake for the persons' names: a right, a reason, and an event of its own."""
    kept_in, secret = typed.one("kept_in") or REGISTERS[0], informant(case)
    ids = {str(claim.person_id) for claim in case.claims}
    if case.clue and case.clue.reporter_id and secret is None:
        ids.add(str(case.clue.reporter_id))
    if kept_in == "informants":
        ids = {str(secret)} if secret else set()
    if typed.one("reason") not in REASONS or kept_in not in REGISTERS or not ids:
        return refused(typed, visit.words("wrong.choice"))
    body = {
        "person_ids": sorted(ids),
        "fields": FIELDS,
        "reason": typed.one("reason"),
        "outlet": "page",
        "kept_in": kept_in,
    }
    headers = {"Idempotency-Key": typed.one("key") or new_key()}
    asked = Call("intake", "POST", "/v1/persons/read", json=body, headers=headers)
    answer = await call(visit, asked)
    if not answer.done:
        return answered(visit, typed, answer)
    found = answer.body.get("persons", [])
    return {one["person_id"]: _shown(one) for one in found}


def informant(case: CasePage) -> UUID | None:
    """Return who reported 举报人 without being one of the workers (LIR 9 ¶3)."""
    if case.clue is None or case.clue.kind != "report":
        return None
    reporter = case.clue.reporter_id
    return None if reporter in {one.person_id for one in case.claims} else reporter


def _shown(person: dict[str, Any]) -> dict[str, Any]:
    return {**person["fields"], "unreadable": bool(person["unreadable"])}
