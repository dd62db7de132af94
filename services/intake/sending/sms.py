"""SMS: a text message by a gateway over HTTP, one JSON POST with an idempotency key."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import structlog
from pydantic import SecretStr

from libs.web import outgoing
from services.intake.sending.letter import SENT, Letter, Outcome, failed, refused

TIMEOUT_SECONDS = 15.0
SUCCESS = range(200, 300)
CLIENT_ERRORS = range(400, 500)
# Ours or the hour's fault, not the number's: later it may go.
AGAIN = frozenset({401, 403, 404, 408, 409, 425, 429})
log = structlog.get_logger()


@dataclass(frozen=True)
class Gateway:
    """Where text messages are handed in, and what proves who we are."""

    url: str
    token: SecretStr | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class Sms:
    """Sends by a gateway that takes `{"id", "to", "text"}`."""

    gateway: Gateway

    async def send(self, letter: Letter) -> Outcome:
        """Try once; the key is the message's id, so that a repeat is one message."""
        key = str(letter.message_id)
        headers = {"Idempotency-Key": key}
        if self.gateway.token is not None:
            secret = self.gateway.token.get_secret_value()
            headers["Authorization"] = f"Bearer {secret}"
        body = {"id": key, "to": letter.to, "text": letter.text}
        try:
            async with outgoing.client(self.gateway.timeout) as client:
                answer = await client.post(self.gateway.url, json=body, headers=headers)
        except httpx.HTTPError as error:
            log.warning("sms_unreachable", error=type(error).__name__)
            return failed("unreachable")
        return _said(answer)


def _said(answer: httpx.Response) -> Outcome:
    if answer.status_code in SUCCESS:
        return SENT
    if answer.status_code in CLIENT_ERRORS and answer.status_code not in AGAIN:
        return refused("number-refused")
    wait = _wait(answer.headers.get("Retry-After", ""))
    reason = "gateway-busy" if wait else "gateway-failing"
    return failed(reason, wait)


def _wait(said: str) -> int:
    """Return the seconds that Retry-After asks for: a number, or a date (RFC 9110)."""
    if said.isascii() and said.isdecimal():
        return int(said[:9])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0
    if until.tzinfo is None:
        return 0
    return int((until - datetime.now(UTC)).total_seconds()) + 1
