"""What an operator has filled again over HTTP: a lost topic, from its journal."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from libs.acts import Answer
from libs.events.stream.leadership import from_the_start
from libs.service.mending import SEEING, Counted, is_kept, ordered
from libs.service.ordering import OrderRefill
from libs.service.pacing import Looks, Pace
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation

ABOUT = "refill"


class Refilled(BaseModel):
    """How many events the dry run showed; what has come since goes with them."""

    model_config = ConfigDict(extra="forbid")

    count: Counted


def refilling_routes(running: Running, pace: Pace) -> APIRouter:
    """Return the routes for a lost topic, below /operator."""
    router, looks = APIRouter(), Looks()
    topic = running.topics.events(running.desk.service)

    @router.get("/relay/refill")
    async def dry_run(caller: OfficerCaller) -> dict[str, int]:
        """Count the events that would be sent from the first on."""
        permissions.require(caller, "ResendRecords", SEEING)
        return {"count": looks.show(caller, ABOUT, await _recorded(running))}

    @router.post("/relay/refill", response_model=Answer)
    async def refill(
        wanted: Refilled, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Fill this service's lost topic again, from the journal's first event."""
        permissions.require(caller, "ResendRecords")
        pace.count(caller)
        now = await _recorded(running)
        if not await is_kept(running, act):
            looks.confirmed(caller, ABOUT, wanted.count, now)
        order = OrderRefill(order_id=act.command_id, records=now)
        said: dict[str, Any] = await ordered(running, act, order)
        # Once more begins anew: readers drop what they have, nothing is left out.
        await from_the_start(running.pool, topic)
        return JSONResponse({**said, "topic": topic})

    return router


async def _recorded(running: Running) -> int:
    return (await running.desk.log.journal.head()).seq
