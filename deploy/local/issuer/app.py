"""The issuer's HTTP: discovery, keys, the sign-in page and the token endpoint."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from deploy.local.issuer.grants import (
    Asked,
    Codes,
    GrantRefused,
    asked_for,
    return_address,
)
from deploy.local.issuer.keys import ALGORITHM
from deploy.local.issuer.minting import AGENCY, Issuer
from deploy.local.issuer.pages import STYLE, choose_page, refusal_page
from deploy.local.issuer.tokens import form_fields, token_routes
from libs.web.app import DoorSettings, make_app
from libs.web.envelope import PAGE_POLICY
from libs.web.health import Probes
from libs.web.languages import Language, preferred

SEE_OTHER = 303


def issuer_app(issuer: Issuer, codes: Codes | None = None) -> FastAPI:
    """Return the issuer's application."""
    given = codes or Codes()
    secret = issuer.key.client_secret("door").encode()
    settings = DoorSettings("清薪演示登录", Probes("issuer", "0.1.0"), secret)
    routers = [
        published_routes(issuer),
        sign_in_routes(issuer, given),
        token_routes(issuer, given),
    ]
    return make_app(settings, routers)


def published_routes(issuer: Issuer) -> APIRouter:
    """Return discovery and the public keys."""
    router = APIRouter()

    @router.get("/.well-known/openid-configuration")
    @router.get("/.well-known/oauth-authorization-server")
    async def discovery(request: Request) -> dict[str, object]:
        return description(issuer, str(request.base_url).rstrip("/"))

    @router.get("/jwks")
    @router.get("/jwks.json")
    async def jwks() -> JSONResponse:
        return JSONResponse(issuer.key.key_set())

    return router


def description(issuer: Issuer, base: str) -> dict[str, object]:
    """Return the provider's metadata (OIDC Discovery §3).

    The issuer is an identifier that no port can change; only the addresses beside it
    are where the stack happens to listen.
    """
    return {
        "issuer": issuer.settings.issuer,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "jwks_uri": f"{base}/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": [
            "none",
            "client_secret_basic",
            "client_secret_post",
        ],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "qingxin"],
        "ui_locales_supported": ["zh-CN", "en"],
    }


def sign_in_routes(issuer: Issuer, codes: Codes) -> APIRouter:
    """Return the page to choose an officer, and what happens on the choice."""
    router = APIRouter()

    @router.get("/authorize", response_class=HTMLResponse)
    async def choose(request: Request) -> Response:
        fields = dict(request.query_params)
        try:
            asked = asked_for(fields, issuer.settings)
        except GrantRefused as refused:
            return refusal(issuer, fields, refused)
        accept = asked.language or request.headers.get("accept-language")
        page = choose_page(issuer, asked, preferred(accept))
        return HTMLResponse(page, headers=_page_headers(asked))

    @router.post("/authorize", response_class=HTMLResponse)
    async def chosen(request: Request) -> Response:
        fields: dict[str, str] = {}
        try:
            fields = await form_fields(request)
            asked = asked_for(fields, issuer.settings)
            return _sent_back(asked, codes.issue(asked, _chosen(issuer, fields)))
        except GrantRefused as refused:
            return refusal(issuer, fields, refused)

    @router.get("/style.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")

    return router


def refusal(
    issuer: Issuer, fields: Mapping[str, str], refused: GrantRefused
) -> Response:
    """Tell the client why not; a client that is not known is told on a page."""
    try:
        address = return_address(fields, issuer.settings)
    except GrantRefused as unknown:
        language: Language = preferred(fields.get("ui_locales"))
        return HTMLResponse(refusal_page(unknown.why, language), 400)
    told = {"error": refused.error, "error_description": refused.why}
    return _redirect(address, {**told, "state": fields.get("state", "")[:500]})


def _chosen(issuer: Issuer, fields: Mapping[str, str]) -> str:
    officer = issuer.officers().get(fields.get("subject", ""))
    if officer is None or officer.role == AGENCY:
        raise GrantRefused("access_denied", "nobody of that name signs in here")
    return officer.subject


def _sent_back(asked: Asked, code: str) -> Response:
    return _redirect(asked.redirect_uri, {"code": code, "state": asked.state})


def _redirect(address: str, parameters: Mapping[str, str]) -> Response:
    joint = "&" if urlsplit(address).query else "?"
    return RedirectResponse(f"{address}{joint}{urlencode(parameters)}", SEE_OTHER)


def _page_headers(asked: Asked) -> dict[str, str]:
    # Browsers hold form-action against the redirect that follows the form as well.
    parts = urlsplit(asked.redirect_uri)
    own = f"form-action 'self' {parts.scheme}://{parts.netloc};"
    policy = PAGE_POLICY.replace("form-action 'self';", own)
    return {"Content-Security-Policy": policy, "Vary": "Accept-Language"}
