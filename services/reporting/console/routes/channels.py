"""The channels' registers, their sheets of answers, and the joint receptions."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.console.answer_sheets import Naming, answer_sheet
from services.reporting.console.deed import new_key, place_of, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.formats import local
from services.reporting.console.forms import Typed, checked_form
from services.reporting.console.registers import DOWN, EMPTY, narrowed, why
from services.reporting.console.render import page, see
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
        return await _receptions(visit, Sheet(new_key()))

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


@dataclass(frozen=True)
class Sheet:
    """The form of a reception as it is shown."""

    key: str
    typed: Typed = EMPTY
    refusal: str | None = None
    status: int = 200

    @property
    def batches(self) -> list[tuple[str, str]]:
        """Return the rows of the form: people, and who spoke for them."""
        people, speakers = (self.typed.many(n) for n in ("people", "representatives"))
        typed = list(zip(people, speakers, strict=False))
        return [*typed, *(("", "") for _ in range(BATCHES - len(typed)))]


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
    key = typed.one("key") or new_key()
    batches = batches_of(typed)
    if not batches:
        said = visit.words("wrong.count")
        return await _receptions(visit, Sheet(key, typed, said, 422))
    body = {
        "held_on": typed.one("held_on"),
        "led": bool(typed.one("led")),
        "batches": batches,
    }
    headers = {"Idempotency-Key": key}
    answer = await call(
        visit, Call("intake", "POST", "/v1/receptions", json=body, headers=headers)
    )
    if answer.done:
        query = urlencode({"seen": place_of(answer.body)})
        return see(f"/console/receptions?{query}")
    said = why(visit, answer.body)
    again = key if answer.status == DOWN else new_key()
    return await _receptions(visit, Sheet(again, typed, said, answer.status))


async def _receptions(visit: Visit, sheet: Sheet) -> Response:
    answer = await receptions(visit.running, visit.asking)
    values = {"answer": answer, "receptions": answer.found, "sheet": sheet}
    return page(visit, "receptions.html", values, sheet.status)
