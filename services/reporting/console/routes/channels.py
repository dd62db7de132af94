"""The channels' registers, their sheets of answers, and the joint receptions."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.answer_sheets import Naming, answer_sheet
from services.reporting.console.deed import shown
from services.reporting.console.formats import local
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.registers import Desk, Sheet, blank, narrowed, refused
from services.reporting.console.render import page
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.channels import (
    CHANNELS,
    MOST,
    SHOWN,
    Filters,
    receptions,
    register,
)

BATCHES = 6


def add_routes(router: APIRouter) -> None:
    """Add the registers of channels and the register of receptions."""

    @router.get("/channels")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        filters = narrowed(Filters, request.query_params)
        answer = await register(visit.running, visit.asking, filters)
        values = {
            "answer": answer,
            "register": answer.found,
            "filters": filters,
            "channels": CHANNELS,
            "shown": SHOWN,
        }
        return page(visit, "channels.html", values)

    @router.get("/channels/answers.xlsx", response_class=Xlsx)
    async def sheet(request: Request, visit: Visiting) -> Response:
        visit.require("ReadLedger")
        filters = narrowed(Filters, request.query_params)
        return await _sheet(visit, filters)

    @router.get("/receptions")
    async def received(request: Request, visit: Visiting) -> Response:
        visit.require("HoldJointReception")
        await shown(visit, request.query_params.get("seen"))
        return await _receptions(visit, blank())

    @router.post("/receptions")
    async def hold(request: Request, visit: Visiting) -> Response:
        visit.require("HoldJointReception")
        return await _held(visit, await checked_form(request, visit.session))


async def _sheet(visit: Visit, filters: Filters) -> Xlsx:
    wanted = filters.model_copy(update={"state": "answered"})
    answer = await register(visit.running, visit.asking, wanted, MOST)
    naming = Naming(visit.running.officers.organisation)
    content = answer_sheet(filters.channel, answer.found.lines, naming)
    name = f"answers-{filters.channel}-{local(visit.running.last_now):%Y%m%d-%H%M}.xlsx"
    return Xlsx(
        content, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def rows_of(typed: Typed) -> list[tuple[str, str]]:
    """Return the rows of a reception's form: people, and who spoke for them."""
    people, speakers = (typed.many(n) for n in ("people", "representatives"))
    said = list(zip(people, speakers, strict=False))
    return [*said, *(("", "") for _ in range(BATCHES - len(said)))]


def batches_of(typed: Typed) -> list[dict[str, int]] | None:
    """Return the batches typed; None when a number is none."""
    rows = zip(typed.many("people"), typed.many("representatives"), strict=False)
    said = [(people, speakers or "1") for people, speakers in rows if people]
    if not all(_is_count(text) for row in said for text in row):
        return None
    return [
        {"people": int(people), "representatives": int(speakers)}
        for people, speakers in said
    ]


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal()


async def _held(visit: Visit, typed: Typed) -> Response:
    batches = batches_of(typed)
    if not batches:
        return await _receptions(visit, refused(typed, visit.words("wrong.count")))
    desk = Desk("intake", "/v1/receptions", "/console/receptions", _receptions)
    led = bool(typed.one("led"))
    held_on = typed.one("held_on")
    return await desk.act(visit, typed, held_on=held_on, led=led, batches=batches)


async def _receptions(visit: Visit, sheet: Sheet) -> Response:
    answer = await receptions(visit.running, visit.asking)
    values = {
        "answer": answer,
        "receptions": answer.found,
        "sheet": sheet,
        "batches": rows_of(sheet.typed),
    }
    return page(visit, "receptions.html", values, sheet.status)
