"""Sign-in at the door: the token says who; the organisation table says what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from libs import ids
from libs.events.event import Actor
from libs.web.callers import ANYBODY, Anybody, Caller, Officers, SignedIn, Worker
from libs.web.problems import Problem
from libs.web.tokens import (
    AUDIENCE,
    TrustedIssuer,
    bearer_token,
    refused,
    unchecked,
    verified,
)
from libs.web.worker_tokens import ISSUER as WORKER_ISSUER
from libs.web.worker_tokens import WorkerKey, verified_worker

# Only so that the OpenAPI document names the scheme: the check is `caller`'s.
BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="bearer")


@dataclass(frozen=True)
class SignIn:
    """What a door needs to know its callers.

    `today` is the date in Shanghai by the deployment's clock, at which the dated
    organisation table is read; tokens themselves live by wall time.
    """

    issuer: TrustedIssuer
    officers: Officers
    today: Callable[[], date]
    worker_key: WorkerKey | None = None
    audience: str = AUDIENCE

    async def caller(self, token: str) -> SignedIn | Worker:
        """Return whose token it is; raises 401, or 403 for an unknown officer."""
        if unchecked(token).issuer == WORKER_ISSUER and self.worker_key:
            return verified_worker(token, self.worker_key)
        claims = await verified(token, self.issuer, self.audience)
        subject = str(claims["sub"])
        officer = self.officers(subject, self.today())
        if officer is None:
            raise Problem("officer-unknown")
        actor_id = ids.actor_id(self.issuer.identifier, subject)
        return SignedIn(Actor(actor_id, officer.role, officer.unit), officer)


async def anyone(
    request: Request, _scheme: Annotated[object, Depends(BEARER)]
) -> Caller:
    """Return who calls; without a token, anybody. A bad token is never anybody."""
    token = bearer_token(request.headers.getlist("authorization"))
    if token is None:
        return ANYBODY
    sign_in: SignIn = request.app.state.sign_in
    return await sign_in.caller(token)


async def identified(caller: Annotated[Caller, Depends(anyone)]) -> SignedIn | Worker:
    """Return the signed-in caller or worker; raises 401 without a token."""
    if isinstance(caller, Anybody):
        raise refused("token-missing")
    return caller


async def officer(
    caller: Annotated[SignedIn | Worker, Depends(identified)],
) -> SignedIn:
    """Return the officer or agency that calls; raises 401, or 403 for a worker."""
    if isinstance(caller, Worker):
        raise Problem("not-an-officer")
    return caller


async def worker(
    caller: Annotated[SignedIn | Worker, Depends(identified)],
) -> Worker:
    """Return the worker that calls with a code's token; raises 401 or 403."""
    if isinstance(caller, SignedIn):
        raise Problem("not-a-worker")
    return caller


AnyCaller = Annotated[Caller, Depends(anyone)]
KnownCaller = Annotated[SignedIn | Worker, Depends(identified)]
OfficerCaller = Annotated[SignedIn, Depends(officer)]
WorkerCaller = Annotated[Worker, Depends(worker)]
