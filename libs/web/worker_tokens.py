"""A worker's short-lived token: minted by intake for a query code, checked by all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import jwt

from libs import ids
from libs.events.event import Actor
from libs.web.callers import NO_UNIT, Worker
from libs.web.tokens import AUDIENCE, decoded, refused

ISSUER = "urn:qingxin:intake:worker"
ALGORITHM = "HS256"
SHORTEST_KEY = 32
LIFETIME = timedelta(minutes=15)
Subject = Literal["clue", "claim"]


@dataclass(frozen=True)
class WorkerKey:
    """The secret that intake signs with and the other services check with."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST_KEY:
            raise ValueError("the worker key needs at least 32 bytes")


@dataclass(frozen=True)
class Minted:
    """A token and the wall-clock time until which it is good."""

    token: str
    expires_at: datetime


def mint_worker_token(
    key: WorkerKey, kind: Subject, subject_id: UUID, now: datetime | None = None
) -> Minted:
    """Return a token for one clue or one claim, good for fifteen minutes.

    `now` is wall time, whatever the deployment's clock says.
    """
    issued = now or datetime.now(UTC)
    expires = issued + LIFETIME
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"worker:{kind}:{subject_id}",
        "iat": int(issued.timestamp()),
        "exp": int(expires.timestamp()),
        "jti": str(uuid4()),
        "kind": "worker",
        kind: str(subject_id),
    }
    token = jwt.encode(claims, key.secret, ALGORITHM, headers={"typ": "at+jwt"})
    return Minted(token, expires)


def verified_worker(token: str, key: WorkerKey) -> Worker:
    """Return the worker of a token, or raise the 401 that says why not."""
    claims = decoded(token, key.secret, (ALGORITHM, ISSUER, AUDIENCE))
    if claims.get("kind") != "worker":
        raise refused("token-claims-missing")
    kind, subject = _subject(claims)
    actor = Actor(ids.actor_id(ISSUER, str(claims["sub"])), "worker", NO_UNIT)
    return Worker(actor, kind, subject)


def _subject(claims: Mapping[str, Any]) -> tuple[Subject, UUID]:
    try:
        if "claim" in claims:
            return "claim", UUID(claims["claim"])
        return "clue", UUID(claims["clue"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise refused("token-claims-missing") from None
