"""Money: one claim's payments as enforcement tells them, and the worker's own word.

Intake asks enforcement's public interface in the worker's name, as any client does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import httpx

from libs.telemetry.http import calling

SECONDS = 8.0
DOWN = 503
CLAIM = "/v1/cases/{case_id}/claims/{claim_id}"
PAYMENT = f"{CLAIM}/payments/{{payment_id}}"
Word = Literal["confirmation", "dispute"]


@dataclass(frozen=True)
class Holder:
    """Whose money: a claim of a case, and the token that its code gave."""

    case_id: UUID
    claim_id: UUID
    token: str


@dataclass(frozen=True)
class Called:
    """What enforcement answered; 503 when it could not be asked."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class OwnWord:
    """A worker's word on one payment; `key` makes a second sending the same act."""

    payment_id: UUID
    word: Word
    version: int
    key: str
    reason: str = ""


async def claim_money(base: str, holder: Holder) -> Called:
    """Return how a claim's money stands."""
    return await _call(base, "GET", CLAIM, holder)


async def say(base: str, holder: Holder, said: OwnWord) -> Called:
    """Confirm or dispute a payment."""
    body = {"method": "worker_online"}
    if said.word == "dispute":
        body = {"reason": said.reason}
    headers = {"Idempotency-Key": said.key, "If-Match": f'"v{said.version}"'}
    route = f"{PAYMENT}/{said.word}"
    ids = {"payment_id": str(said.payment_id)}
    return await _call(base, "POST", route, holder, (ids, headers, body))


Sent = tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]


async def _call(
    base: str, method: str, route: str, holder: Holder, sent: Sent | None = None
) -> Called:
    ids, headers, body = sent or ({}, {}, None)
    path = route.format(case_id=holder.case_id, claim_id=holder.claim_id, **ids)
    own = {"Authorization": f"Bearer {holder.token}", **headers}
    try:
        with calling(method, base, route) as traced:
            async with httpx.AsyncClient(timeout=SECONDS) as client:
                answer = await client.request(
                    method, f"{base}{path}", headers={**own, **traced}, json=body
                )
    except httpx.HTTPError:
        return Called(DOWN, {})
    said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return Called(answer.status_code, said)
