"""Bearer tokens checked: whose, by whom signed, for whom, until when (RFC 9068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
    MissingRequiredClaimError,
)

from libs.web.keyset import ALGORITHMS, KeySet
from libs.web.problems import More, Problem

AUDIENCE = "qingxin"
LEEWAY_SECONDS = 5
LONGEST = 8192
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "jti")
TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})
# Ordered: a subclass stands before its parents.
CODES: tuple[tuple[type[InvalidTokenError], str], ...] = (
    (ExpiredSignatureError, "token-expired"),
    (ImmatureSignatureError, "token-not-yet-valid"),
    (InvalidIssuedAtError, "token-not-yet-valid"),
    (InvalidAudienceError, "token-foreign-audience"),
    (InvalidIssuerError, "token-foreign-issuer"),
    (InvalidAlgorithmError, "token-algorithm"),
    (InvalidSignatureError, "token-forged"),
    (MissingRequiredClaimError, "token-claims-missing"),
    (DecodeError, "token-malformed"),
)


@dataclass(frozen=True)
class TrustedIssuer:
    """The issuer whose tokens count: its identifier and its keys."""

    identifier: str
    keys: KeySet


@dataclass(frozen=True)
class Unchecked:
    """What a token claims before anything was checked: enough to choose the key."""

    algorithm: str
    kid: str
    issuer: str


def bearer_token(authorization: list[str]) -> str | None:
    """Return the token of the Authorization headers, None when there is none."""
    if not authorization:
        return None
    if len(authorization) > 1:
        raise Problem("header-repeated")
    scheme, _, token = authorization[0].partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise refused("token-malformed")
    return token.strip()


def unchecked(token: str) -> Unchecked:
    """Read a token's header and issuer; raises `token-malformed` (401)."""
    if len(token) > LONGEST:
        raise refused("token-malformed")
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except InvalidTokenError:
        raise refused("token-malformed") from None
    if str(header.get("typ", "jwt")).lower() not in TYPES:
        raise refused("token-malformed")
    issuer = claims.get("iss")
    return Unchecked(
        str(header.get("alg")),
        str(header.get("kid", "")),
        issuer if isinstance(issuer, str) else "",
    )


async def verified(
    token: str, trusted: TrustedIssuer, audience: str = AUDIENCE
) -> Mapping[str, Any]:
    """Return the claims of an issuer's token, or raise the 401 that says why not.

    The key decides the algorithm, never the token: a public key cannot be abused as
    an HMAC secret, and `none` is no algorithm.
    """
    said = unchecked(token)
    if said.issuer != trusted.identifier:
        raise refused("token-foreign-issuer")
    if said.algorithm not in ALGORITHMS:
        raise refused("token-algorithm")
    key = await trusted.keys.key(said.kid)
    if key is None:
        raise refused("token-unknown-key")
    return decoded(token, key, (key.algorithm_name, trusted.identifier, audience))


def decoded(
    token: str, key: jwt.PyJWK | bytes, expected: tuple[str, str, str]
) -> Mapping[str, Any]:
    """Check a token against one key; `expected` is algorithm, issuer and audience."""
    algorithm, issuer, audience = expected
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED)},
        )
    except (InvalidTokenError, InvalidKeyError) as error:
        raise refused(_code(error)) from None
    return claims


def refused(code: str) -> Problem:
    """Return the 401 with its challenge (RFC 6750 §3)."""
    challenge = 'Bearer realm="qingxin"'
    if code != "token-missing":
        challenge += f', error="invalid_token", error_description="{code}"'
    return Problem(code, more=More(headers={"WWW-Authenticate": challenge}))


def _code(error: Exception) -> str:
    for kind, code in CODES:
        if isinstance(error, kind):
            return code
    return "token-malformed"
