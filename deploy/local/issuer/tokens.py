"""The token endpoint: a code for a sign-in, a client's secret for an agency."""

import hmac
from base64 import b64decode
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from deploy.local.issuer.grants import Codes, GrantRefused
from deploy.local.issuer.minting import AGENCY, Issuer
from libs.web.guards import FORM, media_type


def token_routes(issuer: Issuer, codes: Codes) -> APIRouter:
    """Return POST /token (RFC 6749 §3.2); its errors have that document's shape."""
    router = APIRouter()

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        try:
            fields = await form_fields(request)
            return JSONResponse(granted(issuer, codes, fields, request))
        except GrantRefused as refused:
            body = {"error": refused.error, "error_description": refused.why}
            if refused.error == "invalid_client":
                challenge = {"WWW-Authenticate": 'Basic realm="qingxin"'}
                return JSONResponse(body, 401, headers=challenge)
            return JSONResponse(body, 400)

    return router


async def form_fields(request: Request) -> dict[str, str]:
    """Return a form's text fields; raises GrantRefused for anything else."""
    if media_type(request.headers) != FORM:
        raise GrantRefused("invalid_request", f"send {FORM}")
    pairs = (await request.form()).multi_items()
    fields = {name: value for name, value in pairs if isinstance(value, str)}
    if len(fields) != len(pairs):
        raise GrantRefused("invalid_request", "a field is repeated")
    return fields


def granted(
    issuer: Issuer, codes: Codes, fields: Mapping[str, str], request: Request
) -> dict[str, object]:
    """Return the answer to a token request; raises GrantRefused."""
    match fields.get("grant_type"):
        case "authorization_code":
            given = codes.redeem(fields)
            client, nonce = given.asked.client_id, given.asked.nonce or None
            answer = _answer(issuer, given.subject, client)
            return {**answer, "id_token": issuer.id_token(given.subject, client, nonce)}
        case "client_credentials":
            client = _client(issuer, fields, request)
            return _answer(issuer, client, client)
        case _:
            raise GrantRefused(
                "unsupported_grant_type", "authorization_code or client_credentials"
            )


def _answer(issuer: Issuer, subject: str, client: str) -> dict[str, object]:
    return {
        "access_token": issuer.access_token(subject, client),
        "token_type": "Bearer",
        "expires_in": issuer.settings.lifetime,
        "scope": "qingxin",
    }


def _client(issuer: Issuer, fields: Mapping[str, str], request: Request) -> str:
    """Return the agency that proved itself by its secret; raises GrantRefused."""
    client, secret = _basic(request.headers.get("authorization"))
    client = client or fields.get("client_id", "")
    secret = secret or fields.get("client_secret", "")
    known = issuer.officers().get(client)
    right = hmac.compare_digest(
        secret.encode(), issuer.key.client_secret(client).encode()
    )
    if known is None or known.role != AGENCY or not right:
        raise GrantRefused("invalid_client", "unknown client or wrong secret")
    return client


def _basic(header: str | None) -> tuple[str, str]:
    scheme, _, coded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        raise GrantRefused("invalid_client", "unreadable Basic credentials") from None
    return name, secret
