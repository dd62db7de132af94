"""Tokens made: who it is, for whom, until when; never a role or a unit."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt

from deploy.local.cannot import Cannot
from deploy.local.issuer.keys import ALGORITHM, SigningKey, signing_key
from deploy.local.issuer.settings import IssuerSettings
from libs.organisation import Officer, Organisation, load_organisation

AGENCY = "agency"
CONSOLE = "console"


@dataclass(frozen=True)
class Issuer:
    """The issuer at work: its settings, its key, and the people it knows."""

    settings: IssuerSettings
    key: SigningKey
    organisation: Organisation

    def officers(self) -> dict[str, Officer]:
        """Return who may sign in, by subject, in the organisation's order."""
        return {officer.subject: officer for officer in self.organisation.officers}

    def access_token(self, subject: str, client: str = CONSOLE) -> str:
        """Return an access token (RFC 9068), good by wall time."""
        claims = {
            "aud": self.settings.audience,
            "client_id": client,
            "scope": "qingxin",
        }
        return self._signed(subject, claims, "at+jwt")

    def id_token(self, subject: str, client: str, nonce: str | None) -> str:
        """Return an ID token for the client that asked (OIDC Core §2)."""
        claims = {"aud": client, "nonce": nonce} if nonce else {"aud": client}
        return self._signed(subject, claims, "JWT")

    def _signed(self, subject: str, claims: dict[str, str], kind: str) -> str:
        now = datetime.now(UTC)
        stamped = {
            "iss": self.settings.issuer,
            "sub": subject,
            "iat": now,
            "jti": str(uuid4()),
            "exp": now + timedelta(seconds=self.settings.lifetime),
            **claims,
        }
        headers = {"kid": self.key.kid, "typ": kind}
        return jwt.encode(stamped, self.key.private, ALGORITHM, headers=headers)


def issuer_of(settings: IssuerSettings) -> Issuer:
    """Return the issuer of these settings; raises Cannot when it lacks something."""
    try:
        text = settings.organisation.read_text("utf-8")
        organisation = load_organisation(text)
    except (OSError, ValueError):
        path = settings.organisation
        raise Cannot(f"The organisation cannot be read from {path}.") from None
    return Issuer(settings, signing_key(settings.key_path), organisation)


def token_for(settings: IssuerSettings, subject: str) -> str:
    """Return an access token of one officer; raises Cannot for an unknown subject."""
    issuer = issuer_of(settings)
    if subject not in issuer.officers():
        known = ", ".join(issuer.officers())
        raise Cannot(f"Nobody signs in as {subject!r}; there are: {known}.")
    return issuer.access_token(subject)
