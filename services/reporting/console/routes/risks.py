"""Risk grades 风险企业名单: the list, its sheet, one employer and its acts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.permissions import ACT
from libs.web.problems import Problem
from services.reporting.console.deed import shown
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, said
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx, register
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.risks import (
    GRADES,
    MOST,
    Filters,
    RiskLine,
    employer_risk,
    risk_rules,
    risks,
)

PAGE, DOOR = "/console/risks", "/v1/risks"
SHOWS = ("risen", "fallen", "overridden")
REASONS = (
    "boss_unreachable", "assets_frozen", "paid_elsewhere", "guarantee_given",
    "facts_wrong", "other",
)  # fmt: skip
COLUMNS = (
    "column.employer", "field.grade", "risks.before", "risks.computed", "risks.score",
    "risks.open-cases", "risks.factors", "risks.unknown", "risks.override",
    "field.until_on", "risks.as-of", "risks.rules",
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the list, its sheet, one employer's page and its acts."""

    @router.get("/risks")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("AssessRisk")
        filters = narrowed(Filters, request.query_params)
        answer = await risks(visit.running, visit.asking, filters)
        values = {"found": answer.found, "filters": filters}
        shows = {"grades": GRADES, "shows": SHOWS}
        return page(visit, "risks.html", {"answer": answer, **values, **shows})

    @router.get("/risks.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("AssessRisk")
        filters = narrowed(Filters, request.query_params)
        answer = await risks(visit.running, visit.asking, filters, MOST)
        lines = (_cells(visit, line) for line in answer.found.lines)
        return register(visit, "risks", COLUMNS, lines)

    _of_one(router)


def _of_one(router: APIRouter) -> None:
    @router.get("/risks/{employer_id}")
    async def one(request: Request, visit: Visiting, employer_id: UUID) -> Response:
        visit.require("AssessRisk")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, employer_id, blank())

    @router.post("/risks/{employer_id}/assessment")
    async def assess(request: Request, visit: Visiting, employer_id: UUID) -> Response:
        typed = await own_form(request, visit, "AssessRisk")
        return await _done(visit, employer_id, "assessment", typed)

    @router.post("/risks/{employer_id}/override")
    async def override(
        request: Request, visit: Visiting, employer_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, "OverrideRisk")
        return await _done(visit, employer_id, "override", typed)

    @router.post("/risks/{employer_id}/override-end")
    async def end(request: Request, visit: Visiting, employer_id: UUID) -> Response:
        typed = await own_form(request, visit, "EndRiskOverride")
        return await _done(visit, employer_id, "override-end", typed)


async def _done(visit: Visit, employer_id: UUID, act: str, typed: Typed) -> Response:
    async def shown_again(visit: Visit, sheet: Sheet) -> Response:
        return await _page(visit, employer_id, sheet)

    desk = Desk(
        "routing", f"{DOOR}/{employer_id}", f"{PAGE}/{employer_id}", shown_again
    )
    body = said(typed, "grade", "reason", "until_on") if act == "override" else {}
    return await desk.act(visit, typed, f"/{act}", **body)


async def _page(visit: Visit, employer_id: UUID, sheet: Sheet) -> Response:
    answer = await employer_risk(visit.running, visit.asking, employer_id)
    if answer is None:
        raise Problem("not-found")
    rules = (await risk_rules(visit.running, visit.asking)).found.rules
    factors = {(one.id, one.version): one for one in (rules.factors if rules else ())}
    values: Mapping[str, Any] = {
        "answer": answer,
        "found": answer.found,
        "factors": factors,
        "sheet": sheet,
        "grades": GRADES,
        "reasons": REASONS,
        "may_assess": visit.may("AssessRisk", ACT),
    }
    return page(visit, "risk.html", values, sheet.status)


def _cells(visit: Visit, line: RiskLine) -> Sequence[Any]:
    row, words = line.row, visit.words
    counted = [one for one in row.findings if one.points]
    return (
        line.employer_name or words("page.individual"),
        words.of("choice.grade", row.grade),
        row.before and words.of("choice.grade", row.before),
        words.of("choice.grade", row.computed),
        row.score,
        line.open_cases,
        "、".join(
            f"{words.of('risk-fact', one.fact)} {one.value}（{one.points}）"
            for one in counted
        ),
        "、".join(words.of("risk-fact", one.fact) for one in row.unknown),
        row.override_reason and words.of("choice.reason", row.override_reason),
        row.override_until,
        row.as_of,
        row.rules_version,
    )
