"""Today and the transfers desk: what waits for one's unit."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.deed import shown
from services.reporting.console.menu import first_page
from services.reporting.console.registers import blank
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visiting
from services.reporting.reading.early_warnings import unacknowledged
from services.reporting.reading.handling import handled
from services.reporting.reading.incidents import unanswered
from services.reporting.reading.messages import to_tell
from services.reporting.reading.patrols import patrols_due
from services.reporting.reading.queue import queues, today
from services.reporting.reading.signals import major_waiting
from services.reporting.reading.supervision import unread
from services.reporting.reading.tasks import overdue_tasks

DESK = ("awaiting", "sent", "watched", "to-rule", "under-way")


def add_routes(router: APIRouter) -> None:
    """Add the start, Today and the transfers desk."""

    @router.get("/start")
    async def start(visit: Visiting) -> Response:
        return see(first_page(visit))

    @router.get("/nothing")
    async def nothing(visit: Visiting) -> Response:
        return page(visit, "nothing.html", {})

    @router.get("")
    async def mine(request: Request, visit: Visiting) -> Response:
        if not visit.may("ReadCases"):
            return see(first_page(visit))
        await shown(visit, request.query_params.get("seen"))
        answer = await today(visit.running, visit.asking)
        values = {
            "answer": answer,
            "today": answer.found,
            "handling": await handled(visit.running, visit.asking),
            "major": await major_waiting(visit.running, visit.asking),
            "urges": await unread(visit.running, visit.asking),
            "incidents": await unanswered(visit.running, visit.asking),
            "warnings": await unacknowledged(visit.running, visit.asking),
            "tasks": await overdue_tasks(visit.running, visit.asking),
            "to_tell": await to_tell(visit.running, visit.asking),
            "patrols": await patrols_due(visit.running, visit.asking),
            "sheet": blank(),
        }
        return page(visit, "today.html", values)

    @router.get("/transfers")
    async def transfers(visit: Visiting) -> Response:
        visit.require("ReadCases")
        wanted = DESK if visit.asking.sees_all else DESK[:3]
        answer = await queues(visit.running, visit.asking, wanted)
        values = {"answer": answer, "queues": answer.found}
        return page(visit, "transfers.html", values)
