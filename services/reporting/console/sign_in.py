"""Sign-in by the issuer: authorization code with PKCE (RFC 7636), and sign-out."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from libs.service.parts import Running
from libs.telemetry.http import calling
from libs.web import outgoing
from libs.web.problems import Problem
from services.reporting.console.forms import checked_form
from services.reporting.console.render import (
    PageRoute,
    plain_page,
    remember_language,
    see,
)
from services.reporting.console.session import (
    COOKIE,
    begin,
    derived,
    end,
    seal,
    unseal,
)
from services.reporting.console.visit import Visiting, language_of

CLIENT = "console"
ASKED_COOKIE = "qingxin_signing_in"
ASKED_SECONDS = 600
DISCOVERY = "/.well-known/openid-configuration"
RETURN = "/console/signed-in"
CALL_SECONDS = 5.0


def routes(running: Running) -> APIRouter:
    """Return sign-in, the way back from the issuer, and sign-out."""
    router = APIRouter(
        prefix="/console",
        route_class=PageRoute,
        default_response_class=HTMLResponse,
        include_in_schema=False,
    )

    @router.get("/welcome")
    async def welcome(request: Request) -> Response:
        """Say what this is, and where one signs in."""
        return plain_page(request, "welcome.html", {})

    @router.get("/sign-in")
    async def sign_in(request: Request) -> Response:
        """Send the browser to the issuer."""
        return await _to_issuer(running, request)

    @router.get("/signed-in")
    async def signed_in(request: Request) -> Response:
        """Take the browser back: exchange the code for a token, begin a session."""
        return await _back(running, request)

    @router.post("/sign-out")
    async def sign_out(request: Request, visit: Visiting) -> Response:
        """End the session."""
        await checked_form(request, visit.session)
        await end(running.pool, visit.session)
        answer = see("/console/welcome")
        answer.delete_cookie(COOKIE, path="/")
        return answer

    return router


async def _to_issuer(running: Running, request: Request) -> Response:
    verifier, state = token_urlsafe(48), token_urlsafe(24)
    digest = sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": _return_address(request),
        "scope": "openid qingxin",
        "state": state,
        "nonce": token_urlsafe(16),
        "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "ui_locales": language_of(request),
    }
    provider = await _provider(running)
    next_page = own_page(request.query_params.get("next", ""))
    kept = {"verifier": verifier, "state": state, "next": next_page, "at": time()}
    answer = see(f"{provider['authorization_endpoint']}?{urlencode(asked)}")
    sealed = seal(_cookie_key(running), json.dumps(kept).encode())
    answer.set_cookie(
        ASKED_COOKIE,
        urlsafe_b64encode(sealed).decode(),
        max_age=ASKED_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    remember_language(request, answer)
    return answer


async def _back(running: Running, request: Request) -> Response:
    kept = _kept(running, request)
    code = request.query_params.get("code")
    if kept is None or kept["state"] != request.query_params.get("state") or not code:
        return plain_page(request, "welcome.html", {"again": True}, 400)
    provider = await _provider(running)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _return_address(request),
        "client_id": CLIENT,
        "code_verifier": kept["verifier"],
    }
    answered = await _ask("POST", provider["token_endpoint"], fields)
    token = answered.json().get("access_token") if answered.is_success else None
    if not isinstance(token, str):
        return plain_page(request, "welcome.html", {"again": True}, 400)
    await request.app.state.sign_in.caller(token)
    session = await begin(running.pool, running.settings.door_key, token)
    answer = see(kept["next"] or "/console/start")
    answer.delete_cookie(ASKED_COOKIE, path="/")
    answer.set_cookie(
        COOKIE,
        session.secret,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def _kept(running: Running, request: Request) -> Mapping[str, Any] | None:
    """Return what this browser was sent away with, unless it is too old or not ours."""
    said = request.cookies.get(ASKED_COOKIE, "")
    try:
        from_cookie = _decoded(said)
    except ValueError:
        return None
    opened = unseal(_cookie_key(running), from_cookie)
    if opened is None:
        return None
    kept: Mapping[str, Any] = json.loads(opened)
    return kept if time() - kept["at"] <= ASKED_SECONDS else None


def _decoded(text: str) -> bytes:
    """Return the bytes of URL-safe base64; raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii"))


def own_page(address: str) -> str:
    """Return an address of this console; anything else becomes empty."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and "\\" not in address
    return address if ours and parts.path.startswith("/console") else ""


def _cookie_key(running: Running) -> bytes:
    return derived(running.settings.door_key, "sign-in")


def _return_address(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{RETURN}"


async def _provider(running: Running) -> Mapping[str, str]:
    url = running.settings.url("issuer")
    answered = await _ask("GET", f"{url}{DISCOVERY}")
    if not answered.is_success:
        raise Problem("overloaded")
    described: Mapping[str, str] = answered.json()
    return described


async def _ask(
    method: str, address: str, fields: Mapping[str, str] | None = None
) -> httpx.Response:
    """Ask the issuer; when it cannot be reached, say 503."""
    route = urlsplit(address).path
    try:
        with calling(method, address, route) as headers:
            async with outgoing.client(CALL_SECONDS) as client:
                return await client.request(
                    method, address, data=fields, headers=headers
                )
    except httpx.HTTPError:
        raise Problem("overloaded") from None
