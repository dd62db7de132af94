"""Orders: what an operator has a service do, each in two steps: a count, then yes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from services.reporting.completeness import SERVICES
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.visit import Visit

# What may stand in an address that we make: names, ids and numbers.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
REASONS = ("written-by-a-test", "superseded", "unreadable", "entered-twice")


@dataclass(frozen=True)
class OrderForm:
    """One order: its dry run, its door, whose row of the permission table it is.

    `named` are what it is about, of which `optional` may be left out; `numbers` are
    sent as numbers; what the path does not name goes into the question or the body.
    """

    look: str
    door: str
    permission: str
    named: tuple[str, ...]
    back: str
    optional: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()


ORDERS: Mapping[str, OrderForm] = {
    "retry": OrderForm(
        "/operator/parked/retry",
        "/operator/parked/retry",
        "HandleParked",
        ("consumer", "stream"),
        "/console/parked",
        optional=frozenset({"consumer", "stream"}),
    ),
    "drop": OrderForm(
        "/operator/parked/{consumer}/{event_id}/drop",
        "/operator/parked/{consumer}/{event_id}/drop",
        "HandleParked",
        ("consumer", "event_id"),
        "/console/parked",
        reasons=REASONS,
    ),
    "resend": OrderForm(
        "/operator/resend",
        "/operator/resend",
        "ResendRecords",
        ("partition", "from_index"),
        "/console/rebuilds",
        numbers=frozenset({"partition", "from_index"}),
    ),
    "rebuild": OrderForm(
        "/operator/rebuilds/{view}",
        "/operator/rebuilds/{view}",
        "RebuildView",
        ("view",),
        "/console/rebuilds",
    ),
}


@dataclass(frozen=True)
class Wanted:
    """An order about something of one service, as an address or a form names it."""

    name: str
    form: OrderForm
    service: str
    about: Mapping[str, str]

    @property
    def address(self) -> str:
        """Return the page where it is confirmed."""
        query = urlencode({"service": self.service, **self.about})
        return f"/console/orders/{self.name}?{query}"


def wanted(name: str, said: Mapping[str, str]) -> Wanted | None:
    """Read what an order is about; None when that is no such order."""
    form = ORDERS.get(name)
    service = said.get("service", "")
    if form is None or service not in SERVICES:
        return None
    about = {key: said[key].strip() for key in form.named if said.get(key, "").strip()}
    if set(form.named) - set(about) - form.optional:
        return None
    plain = all(PLAIN.fullmatch(text) for text in about.values())
    whole = all(about[key].isdecimal() for key in form.numbers)
    return Wanted(name, form, service, about) if plain and whole else None


async def look(visit: Visit, order: Wanted) -> Called:
    """Ask for the dry run's count."""
    path = order.form.look.format(**order.about)
    left = {k: v for k, v in order.about.items() if f"{{{k}}}" not in order.form.look}
    query = f"?{urlencode(left)}" if left else ""
    return await call(visit, Call(order.service, "GET", path + query, order.form.look))


async def give(
    visit: Visit, order: Wanted, count: int, key: str, reason: str
) -> Called:
    """Give the order, about as many as were seen; the same key is the same order."""
    form = order.form
    body: dict[str, object] = {"count": count}
    for name, text in order.about.items():
        if f"{{{name}}}" not in form.door:
            body[name] = int(text) if name in form.numbers else text
    if form.reasons:
        body["reason"] = reason
    path, headers = form.door.format(**order.about), {"Idempotency-Key": key}
    return await call(
        visit, Call(order.service, "POST", path, form.door, body, headers)
    )
