"""Asking a running service over HTTP, as one of the local issuer's officers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from deploy.cli.clock import operator_token
from deploy.local.cannot import Cannot
from deploy.local.settings import Settings
from libs.calendar import end_of_day
from libs.calendar.local_days import SHANGHAI

AUDITOR = "au-01"
SECONDS = 60


class NotRunning(Cannot):
    """No process takes the connection: nothing was asked of the service."""


def door(settings: Settings, service: str, subject: str) -> httpx.Client:
    """Open a service's door for an officer; its refusals are said in English."""
    token = operator_token(settings, subject)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    address = settings.address(service)
    return httpx.Client(base_url=address, headers=headers, timeout=SECONDS)


def asked(client: httpx.Client, method: str, path: str, **request: Any) -> Any:
    """Return a service's JSON answer; raises Cannot with its reason, or NotRunning."""
    return _sent(client, method, path, **request).json()


def fetched(client: httpx.Client, path: str, query: Mapping[str, str]) -> bytes:
    """Return a file that a service makes; raises Cannot with its reason."""
    return _sent(client, "GET", path, params=query).content


def _sent(
    client: httpx.Client, method: str, path: str, **request: Any
) -> httpx.Response:
    try:
        answer = client.request(method, path, **request)
    except httpx.HTTPError as error:
        message = f"{client.base_url} does not answer ({type(error).__name__})."
        away = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        raise (NotRunning if away else Cannot)(message) from error
    if answer.is_error:
        raise Cannot(_reason(answer))
    return answer


def _reason(answer: httpx.Response) -> str:
    said = answer.json()
    errors = [error["detail"] for error in said.get("errors", ())]
    return " ".join(errors) or str(said.get("detail") or said["title"])


def instant(text: str) -> datetime:
    """Read a time with its offset, or a day: then its last instant in Shanghai.

    Raises Cannot.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Cannot(
            "Write the time as 2023-12-03T18:00+08:00 or 2023-12-03."
        ) from None
    if at.tzinfo is not None:
        return at
    if len(text) == len("2023-12-03"):
        return end_of_day(at.date())
    raise Cannot("Write the offset from UTC too, as in 2023-12-03T18:00+08:00.")


def shown(at: str | None) -> str:
    """Return an instant as a person in Shanghai writes it."""
    if at is None:
        return "time unknown    "
    moment = datetime.fromisoformat(at).astimezone(SHANGHAI)
    return moment.strftime("%Y-%m-%d %H:%M")
