"""The page of the risk rules: factors and scales in force, drafted and adopted."""

from fastapi import APIRouter
from fastapi.responses import Response

from libs.risk_rules import factors_on, risk_rules_text, scale_on
from libs.web.permissions import ACT
from services.reporting.console.drafting import Paper, add_paper
from services.reporting.console.registers import Sheet
from services.reporting.console.render import page
from services.reporting.console.visit import Visit
from services.reporting.reading.asking import day_asked
from services.reporting.reading.risks import risk_rules


def add_routes(router: APIRouter) -> None:
    """Add the page, and its two forms."""
    add_paper(router, Paper("risk-rules", lambda said: {"rules": {**said}}, _page))


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await risk_rules(visit.running, visit.asking)
    held, today = answer.found, day_asked(visit.running, visit.asking)
    written = held.draft or held.rules
    kept = risk_rules_text(written) if written else ""
    values = {
        "answer": answer,
        "held": held,
        "counting": factors_on(held.rules, today) if held.rules else (),
        "scale": scale_on(held.rules, today) if held.rules else None,
        "sheet": sheet,
        "may_adopt": visit.may("AdoptRule", ACT),
        "is_drafter": held.drafter_id == visit.caller.actor.id,
        "text": sheet.typed.one("rules") or kept,
    }
    return page(visit, "risk_rules.html", values, sheet.status)
