"""Authorization codes with PKCE: asked for once, good once, for a minute."""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic

from deploy.local.issuer.minting import CONSOLE
from deploy.local.issuer.settings import IssuerSettings

SECONDS = 60.0
MOST_OPEN = 1000
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
LONGEST = 500


class GrantRefused(Exception):
    """A request that is not granted: the error code of RFC 6749 and why."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


@dataclass(frozen=True)
class Asked:
    """A sign-in that a client asks for (RFC 6749 §4.1.1, RFC 7636)."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str = ""
    nonce: str = ""
    language: str = ""

    def fields(self) -> dict[str, str]:
        """Return the request's parameters, to be sent along with the choice."""
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "state": self.state,
            "nonce": self.nonce,
            "ui_locales": self.language,
        }


@dataclass(frozen=True)
class Granted:
    """A code handed out: for what, to whom, until when (monotonic seconds)."""

    asked: Asked
    subject: str
    until: float


def return_address(fields: Mapping[str, str], settings: IssuerSettings) -> str:
    """Return where errors may be sent; raises GrantRefused when that is not known."""
    if fields.get("client_id") != CONSOLE:
        raise GrantRefused("invalid_client", "client_id must be console")
    address = fields.get("redirect_uri", "")
    if len(address) > LONGEST or not settings.may_return_to(address):
        raise GrantRefused("invalid_request", "redirect_uri is not registered")
    return address


def asked_for(fields: Mapping[str, str], settings: IssuerSettings) -> Asked:
    """Read an authorization request; raises GrantRefused."""
    address = return_address(fields, settings)
    if fields.get("response_type") != "code":
        raise GrantRefused("unsupported_response_type", "only code is served")
    challenge = fields.get("code_challenge", "")
    hashed = fields.get("code_challenge_method") == "S256"
    if not hashed or not CHALLENGE.fullmatch(challenge):
        raise GrantRefused("invalid_request", "PKCE with S256 is required")
    state, nonce = fields.get("state", ""), fields.get("nonce", "")
    if len(state) > LONGEST or len(nonce) > LONGEST:
        raise GrantRefused("invalid_request", "state or nonce is too long")
    language = fields.get("ui_locales", "")[:2]
    return Asked(CONSOLE, address, challenge, state, nonce, language)


class Codes:
    """The codes that are open; kept in memory, for none outlives a minute."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._open: dict[str, Granted] = {}

    def issue(self, asked: Asked, subject: str) -> str:
        """Return a new code for a chosen officer."""
        now = self.clock()
        kept = {code: given for code, given in self._open.items() if given.until > now}
        self._open = dict(list(kept.items())[-MOST_OPEN:])
        code = secrets.token_urlsafe(32)
        self._open[code] = Granted(asked, subject, now + SECONDS)
        return code

    def redeem(self, fields: Mapping[str, str]) -> Granted:
        """Return what a code was given for, once; raises GrantRefused."""
        granted = self._open.pop(fields.get("code", ""), None)
        if granted is None or granted.until <= self.clock():
            raise GrantRefused("invalid_grant", "the code is unknown, used or too old")
        asked = granted.asked
        same = (fields.get("client_id"), fields.get("redirect_uri"))
        if same != (asked.client_id, asked.redirect_uri):
            raise GrantRefused("invalid_grant", "client_id or redirect_uri differ")
        if not proves(fields.get("code_verifier", ""), asked.challenge):
            raise GrantRefused("invalid_grant", "code_verifier does not fit")
        return granted


def proves(verifier: str, challenge: str) -> bool:
    """Tell whether a verifier fits its challenge (RFC 7636 §4.6)."""
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(digest, challenge)
