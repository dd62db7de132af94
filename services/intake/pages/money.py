"""Money: one claim as enforcement tells it, and the worker's own word on it.

Intake asks enforcement's public interface in the worker's name, as any client does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from libs.telemetry.http import calling
from libs.web import outgoing

SECONDS = 8.0
DOWN = 503
CLAIM = "/v1/cases/{case_id}/claims/{claim_id}"
PAYMENT = f"{CLAIM}/payments/{{payment_id}}"


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
    """A worker's word on a payment or a name of a roster, as enforcement takes it.

    `key` makes a second sending the same act; `told` names what the page says then.
    """

    route: str
    body: Mapping[str, str]
    version: int
    key: str
    told: str
    ids: Mapping[str, str] = field(default_factory=dict)


async def claim_money(base: str, holder: Holder) -> Called:
    """Return how a claim's money stands."""
    return await _call(base, "GET", CLAIM, holder)


async def say(base: str, holder: Holder, said: OwnWord) -> Called:
    """Say it at enforcement's door."""
    headers = {"Idempotency-Key": said.key, "If-Match": f'"v{said.version}"'}
    sent = (said.ids, headers, said.body)
    return await _call(base, "POST", said.route, holder, sent)


Sent = tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]


async def _call(
    base: str, method: str, route: str, holder: Holder, sent: Sent | None = None
) -> Called:
    ids, headers, body = sent or ({}, {}, None)
    path = route.format(case_id=holder.case_id, claim_id=holder.claim_id, **ids)
    own = {"Authorization": f"Bearer {holder.token}", **headers}
    try:
        with calling(method, base, route) as traced:
            async with outgoing.client(SECONDS) as client:
                answer = await client.request(
                    method, f"{base}{path}", headers={**own, **traced}, json=body
                )
    except httpx.HTTPError:
        return Called(DOWN, {})
    said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return Called(answer.status_code, said)
