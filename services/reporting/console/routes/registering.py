"""Registering: the complaint or report form, and the receipt with its codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.industries import sections
from services.reporting.console.channel_acts import ORDER_KIND, PETITION_FORMS
from services.reporting.console.deed import new_key
from services.reporting.console.doors import DOWN, Call, call
from services.reporting.console.forms import EMPTY, Typed, checked_form
from services.reporting.console.intake_form import COLUMNS, Said, lines, pointers, read
from services.reporting.console.render import page
from services.reporting.console.rosters import RosterRead, blank_roster, read_roster
from services.reporting.console.routes.ledger import CHANNELS
from services.reporting.console.sheets import Xlsx
from services.reporting.console.visit import Visit, Visiting

ROWS, MORE, MOST_ROWS = 3, 5, 2000
DOORS = {"complaint": "/v1/complaints", "report": "/v1/reports"}


@dataclass(frozen=True)
class Sheet:
    """The form as shown: what was typed, how many rows, what is wrong with it."""

    key: str
    typed: Typed = EMPTY
    rows: int = ROWS
    wrong: Mapping[str, str] = field(default_factory=dict)
    refusal: str | None = None
    known: str | None = None
    status: int = 200
    roster: RosterRead | None = None

    @property
    def lines(self) -> list[dict[str, str]]:
        """Return as many rows of workers as are shown, each with every column."""
        blank = dict.fromkeys(COLUMNS, "")
        found = lines(self.typed)
        return [*found, *(blank for _ in range(self.rows - len(found)))]


def add_routes(router: APIRouter) -> None:
    """Add the register form, its sending, and the blank roster."""

    @router.get("/register")
    async def form(visit: Visiting) -> Response:
        visit.require("RegisterComplaint")
        return _page(visit, Sheet(new_key()))

    @router.post("/register")
    async def send(request: Request, visit: Visiting) -> Response:
        visit.require("RegisterComplaint")
        typed = await checked_form(request, visit.session)
        return await _sent(visit, typed)

    @router.get("/register/roster.xlsx", response_class=Xlsx)
    async def roster(visit: Visiting) -> Response:
        visit.require("RegisterComplaint")
        disposition = 'attachment; filename="roster.xlsx"'
        return Xlsx(blank_roster(), headers={"Content-Disposition": disposition})


async def _sent(visit: Visit, typed: Typed) -> Response:
    rows = min(MOST_ROWS, len(typed.many("worker.name")) or ROWS)
    key = typed.one("key") or new_key()
    if typed.one("more"):
        return _page(visit, Sheet(key, typed, min(MOST_ROWS, rows + MORE)))
    if typed.one("read"):
        return await _with_roster(visit, key, typed)
    said = read(typed)
    if said.wrong:
        wrong = {
            name: visit.words(f"wrong.{code}") for name, code in said.wrong.items()
        }
        return _page(visit, Sheet(key, typed, rows, wrong, status=422))
    headers = {"Idempotency-Key": key}
    door = DOORS[said.door]
    answer = await call(
        visit, Call("intake", "POST", door, json=said.body, headers=headers)
    )
    if answer.done:
        values = {"receipt": answer.body, "kind": said.door}
        return page(visit, "receipt.html", values, 201)
    return _page(
        visit, _refused(visit, (key, typed, rows), said, answer.body, answer.status)
    )


async def _with_roster(visit: Visit, key: str, typed: Typed) -> Response:
    found = await read_roster(visit, typed)
    rows = max(ROWS, len(found.typed.many("worker.name")))
    status = 422 if found.refusal else 200
    return _page(visit, Sheet(key, found.typed, rows, roster=found, status=status))


def _refused(
    visit: Visit,
    sent: tuple[str, Typed, int],
    said: Said,
    body: Mapping[str, Any],
    status: int,
) -> Sheet:
    key, typed, rows = sent
    return Sheet(
        # A corrected form is another act; a door that was down may be tried again.
        key if status == DOWN else new_key(),
        typed,
        rows,
        pointers(body, said),
        str(body.get("detail") or visit.words("wrong.service-down")),
        body.get("case_id"),
        status,
    )


def _page(visit: Visit, sheet: Sheet) -> Response:
    values = {
        "sheet": sheet,
        "channels": CHANNELS,
        "order_kinds": ORDER_KIND.codes,
        "petition_forms": PETITION_FORMS,
        "sections": sections(),
    }
    return page(visit, "register.html", values, sheet.status)
