"""The operator's orders: a page that counts and asks, then the order itself."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.permissions import ACT
from libs.web.problems import Problem
from services.reporting.console import orders
from services.reporting.console.deed import new_key
from services.reporting.console.forms import checked_form
from services.reporting.console.orders import Wanted
from services.reporting.console.registers import Sheet, answered, blank
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting

FORM = "/orders/{name}"


def add_routes(router: APIRouter) -> None:
    """Add the page where an order is confirmed, and its sending."""

    @router.get(FORM)
    async def ask(request: Request, visit: Visiting, name: str) -> Response:
        order = _wanted(visit, name, dict(request.query_params))
        return await _page(visit, order, blank())

    @router.post(FORM)
    async def give(request: Request, visit: Visiting, name: str) -> Response:
        typed = await checked_form(request, visit.session)
        order = _wanted(visit, name, {k: typed.one(k) for k in typed.fields})
        count, key = typed.one("count"), typed.one("key") or new_key()
        if not count.isdecimal():
            raise Problem("not-found")
        reason = typed.one("reason")
        answer = await orders.give(visit, order, int(count), key, reason)
        if answer.done:
            query = urlencode({"done": order.name, "service": order.service})
            return see(f"{order.form.back}?{query}")
        return await _page(visit, order, answered(visit, typed, answer))


def _wanted(visit: Visit, name: str, said: dict[str, str]) -> Wanted:
    order = orders.wanted(name, said)
    if order is None:
        raise Problem("not-found")
    visit.require(order.form.permission, ACT)
    return order


async def _page(visit: Visit, order: Wanted, sheet: Sheet) -> Response:
    answer = await orders.look(visit, order)
    count = answer.body.get("count") if answer.done else None
    if count is None and not sheet.refusal:
        sheet = answered(visit, sheet.typed, answer)
    values = {"order": order, "count": count, "sheet": sheet}
    return page(visit, "order.html", values, sheet.status)
