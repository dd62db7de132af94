"""The money's part of a thread: filed, verified, ordered, paid, confirmed, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from deploy.demo.thread import Act, Order, Thread, happened
from libs import ids

BRIGADE = ("db-01", "db-02")
Amounts = Mapping[int, int]
"""Fen by the worker's ordinal."""
Payments = Mapping[int, tuple[UUID, int]]
"""Payment id and fen by the worker's ordinal."""


@dataclass(frozen=True)
class Paying:
    """Who paid, and when it was when not just now."""

    payer: str = "employer"
    when: datetime | None = None


PAYING = Paying()


def _proceeding(thread: Thread, act: str, body: dict[str, Any]) -> Act:
    path = f"/v1/cases/{thread.case_id}/{act}"
    return Act("enforcement", path, "proceeding", body)


def _claim(thread: Thread, ordinal: int, act: str, body: dict[str, Any]) -> Act:
    claim = thread.claims[ordinal]
    path = f"/v1/cases/{thread.case_id}/claims/{claim.claim_id}/{act}"
    return Act("enforcement", path, f"claim-{ordinal}", body)


def _money(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "CNY"}


def even(minor: int, ordinals: Sequence[int]) -> dict[int, int]:
    """Return the same amount for each of these workers."""
    return dict.fromkeys(ordinals, minor)


def take_up(thread: Thread, at: datetime, who: str = "db-01") -> None:
    """Accept the complaint."""
    thread.settle(at)
    body = {"clue_id": str(thread.clue_id)}
    thread.do(at, who, [_proceeding(thread, "acceptance", body)])


def propose_filing(thread: Thread, at: datetime, who: str) -> None:
    """Propose that the district file the case."""
    thread.do(at, who, [_proceeding(thread, "filing-proposal", {})])


def file(thread: Thread, at: datetime, who: str = "db-01") -> None:
    """File the case with two officers."""
    officers = [str(ids.actor_id(thread.book.issuer, one)) for one in BRIGADE]
    body = {"officer_ids": officers}
    [step] = thread.do(at, who, [_proceeding(thread, "filing", body)])
    thread.fact("filed", (happened(step), at))


def end_investigation(thread: Thread, at: datetime, who: str = "db-01") -> None:
    """End the investigation."""
    thread.settle(at)
    thread.do(at, who, [_proceeding(thread, "investigation-end", {})])


def verify(thread: Thread, at: datetime, who: str, amounts: Amounts) -> None:
    """Verify amounts; at the district with a second reviewer."""
    extra = {}
    if who.startswith("db"):
        other = next(one for one in (*BRIGADE, "db-03") if one != who)
        extra = {"reviewer_id": str(ids.actor_id(thread.book.issuer, other))}
    acts = [
        _claim(thread, n, "verification", {"verified": _money(minor), **extra})
        for n, minor in amounts.items()
    ]
    steps = thread.do(at, who, acts)
    for (n, minor), step in zip(amounts.items(), steps, strict=True):
        thread.claims[n].verified = minor
        thread.fact("verified", (happened(step), at), thread.claims[n].who, minor)
    _find(thread, at, happened(steps[-1]))


def withdraw(
    thread: Thread,
    at: datetime,
    who: str,
    ordinals: Sequence[int],
    reason: str = "paid-elsewhere",
) -> None:
    """Withdraw claims on the workers' word."""
    acts = [_claim(thread, n, "withdrawal", {"reason": reason}) for n in ordinals]
    steps = thread.do(at, who, acts)
    for n, step in zip(ordinals, steps, strict=True):
        claim = thread.claims[n]
        claim.withdrawn = True
        times = (happened(step), at)
        thread.fact("withdrawn", times, claim.who, claim.claimed or 0)
    _find(thread, at, happened(steps[-1]))


def _find(thread: Thread, at: datetime, when: datetime) -> None:
    """Foretell that intake marks the clue verified with its last claim."""
    left = [claim for claim in thread.claims.values() if not claim.withdrawn]
    if not left or any(claim.verified is None for claim in left):
        return
    arrears = any(claim.verified for claim in left)
    if thread.found != arrears:
        thread.found = arrears
        thread.moves("clue", at)
        thread.fact("found", (when, at), minor=int(arrears))


def order(thread: Thread, at: datetime, amounts: Amounts, pay_by: datetime) -> Order:
    """Order payment: the head of the district HRSS."""
    thread.settle(at)
    lines = [
        {"claim_id": str(thread.claims[n].claim_id), "amount": _money(minor)}
        for n, minor in amounts.items()
    ]
    body: dict[str, Any] = {"pay_by": pay_by.date().isoformat(), "lines": lines}
    [step] = thread.do(at, "hd-01", [_proceeding(thread, "orders", body)])
    command = uuid5(ids.actor_id(thread.book.issuer, "hd-01"), step.key)
    ordered = Order(uuid5(command, "order"), pay_by, dict(amounts))
    thread.orders.append(ordered)
    for n, minor in amounts.items():
        thread.claims[n].ordered = minor
        thread.versions[f"claim-{n}"] += 1
    whole = sum(amounts.values())
    thread.fact("ordered", (happened(step), at), minor=whole)
    return ordered


def serve(thread: Thread, at: datetime, one: Order, method: str = "handed") -> None:
    """Serve an order; its clock counts from that day."""
    thread.settle(at)
    body: dict[str, Any] = {"served_on": at.date().isoformat(), "method": method}
    if method == "posted":
        body["proof"] = {"kind": "photo"}
    act = _proceeding(thread, f"orders/{one.order_id}/service", body)
    thread.do(at, "db-01", [act])
    one.served = True


def pay(
    thread: Thread, at: datetime, who: str, amounts: Amounts, how: Paying = PAYING
) -> Payments:
    """Record wages paid to several workers at once."""
    thread.settle(at)
    fields = {"payer": how.payer, "proof": {"kind": "bank-receipt"}}
    acts = [
        _claim(thread, n, "payments", {"amount": _money(minor), **fields})
        for n, minor in amounts.items()
    ]
    steps = thread.do(at, who, acts, how.when)
    made = {}
    for (n, minor), step in zip(amounts.items(), steps, strict=True):
        command = uuid5(ids.actor_id(thread.book.issuer, who), step.key)
        made[n] = (uuid5(command, "payment"), minor)
        thread.claims[n].paid += minor
        thread.fact("paid", (happened(step), at), thread.claims[n].who, minor)
    for one in thread.orders:
        if _covered(thread, one) and not one.satisfied:
            one.satisfied = True
            thread.moves("proceeding", at)
    return made


def _covered(thread: Thread, one: Order) -> bool:
    return all(thread.claims[n].paid >= minor for n, minor in one.lines.items())


def reverse(thread: Thread, at: datetime, who: str, paid: Payments) -> None:
    """Take payments back that did not stand."""
    acts = [
        _claim(thread, n, f"payments/{this}/reversal", {"reason": "not-received"})
        for n, (this, _) in paid.items()
    ]
    steps = thread.do(at, who, acts)
    for (n, (_, minor)), step in zip(paid.items(), steps, strict=True):
        thread.claims[n].paid -= minor
        thread.fact("reversed", (happened(step), at), thread.claims[n].who, minor)
    for one in thread.orders:
        if one.satisfied and not _covered(thread, one):
            one.satisfied = False
            thread.moves("proceeding", at)


def confirm(
    thread: Thread,
    at: datetime,
    who: str,
    paid: Payments,
    refused: str | None = None,
) -> None:
    """Confirm by a call to each worker that the money is there."""
    acts = [
        _refused(
            _claim(thread, n, f"payments/{this}/confirmation", {"method": "call"}),
            refused,
        )
        for n, (this, _) in paid.items()
    ]
    steps = thread.do(at, who, acts)
    if refused is not None:
        return
    for (n, (_, minor)), step in zip(paid.items(), steps, strict=True):
        thread.fact("confirmed", (happened(step), at), thread.claims[n].who, minor)


def _refused(act: Act, code: str | None) -> Act:
    return Act(act.service, act.path, act.stream, act.body, refused=code)


def dispute(
    thread: Thread, at: datetime, who: str, paid: Payments, reason: str
) -> None:
    """Note that a payment did not arrive."""
    acts = [
        _claim(thread, n, f"payments/{this}/dispute", {"reason": reason})
        for n, (this, _) in paid.items()
    ]
    thread.do(at, who, acts)


def conclude(thread: Thread, at: datetime, who: str, kind: str = "paid") -> None:
    """Conclude; at the street with a review by the leading-group office."""
    thread.settle(at)
    body: dict[str, Any] = {"kind": kind}
    if not who.startswith("db"):
        body["reviewer_id"] = str(ids.actor_id(thread.book.issuer, "lg-02"))
    if thread.answered == at:
        message = f"{thread.lane}: answered and concluded at {at}"
        raise ValueError(message)
    [step] = thread.do(at, who, [_proceeding(thread, "conclusion", body)])
    thread.concluded = at
    thread.fact("concluded", (happened(step), at))
    thread.ends(at, happened(step))
