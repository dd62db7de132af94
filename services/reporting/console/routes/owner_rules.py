"""The routing rules' page: in force, drafted, tried on cases, put in force by two."""

from fastapi import APIRouter
from fastapi.responses import Response

from libs.owner_rules import owner_rules_text
from libs.web.permissions import ACT
from services.reporting.console.drafting import Paper, add_paper
from services.reporting.console.registers import Sheet
from services.reporting.console.render import page
from services.reporting.console.visit import Visit
from services.reporting.reading.suggesting import rules, simulation

TRIED = 300


def add_routes(router: APIRouter) -> None:
    """Add the page, and its two forms."""
    add_paper(
        router,
        Paper("owner-rules", lambda said: {"rules": said.get("rules", [])}, _page),
    )


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await rules(visit.running, visit.asking)
    tried = await simulation(visit.running, visit.asking, TRIED)
    held = answer.found
    values = {
        "answer": answer,
        "held": held,
        "tried": tried.found,
        "sheet": sheet,
        "may_adopt": visit.may("AdoptRule", ACT),
        "is_drafter": held.drafter_id == visit.caller.actor.id,
        "text": sheet.typed.one("rules") or owner_rules_text(held.draft or held.rules),
    }
    return page(visit, "owner_rules.html", values, sheet.status)
