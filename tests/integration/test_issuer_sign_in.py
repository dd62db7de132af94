"""The local issuer as a process: sign-in with PKCE, agencies, its key and its words."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from deploy.local.issuer.keys import signing_key
from deploy.local.issuer.settings import ISSUER
from libs.organisation import load_organisation
from libs.web.auth import SignIn
from libs.web.callers import SignedIn, officers_of
from libs.web.keyset import KeySet, fetched_from
from libs.web.problems import Problem
from libs.web.tokens import TrustedIssuer
from tests.integration.issuer_at_work import (
    ROOT,
    Running,
    started,
    until_ready,
    verb,
)

RETURN = "http://127.0.0.1:4711/console/signed-in"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": "console",
    "redirect_uri": RETURN,
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "state": "s-1",
    "nonce": "n-1",
}
TABLE = ROOT / "services" / "routing" / "rules" / "organisation.toml"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("issuer")
    with started("deploy.local.issuer", state, "serve") as running:
        yield running


@pytest.fixture
async def issuer(process: Running) -> Running:
    await until_ready(process)
    return process


@pytest.fixture
async def http(issuer: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=issuer.url) as client:
        yield client


class Fields(HTMLParser):
    """The hidden fields and the officers of the sign-in page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.subjects: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.hidden[named["name"]] = named["value"]
        if tag == "button":
            self.subjects.append(named["value"])


@dataclass(frozen=True)
class Exchange:
    """What the console sends for a code; a test spoils one part."""

    code: str
    client_id: str = "console"
    redirect_uri: str = RETURN
    code_verifier: str = VERIFIER

    def form(self) -> dict[str, str]:
        return {"grant_type": "authorization_code", **vars(self)}


async def signed_in_as(http: httpx.AsyncClient, subject: str) -> str:
    page = Fields((await http.get("/authorize", params=ASKED)).text)
    chosen = await http.post("/authorize", data={**page.hidden, "subject": subject})
    assert chosen.status_code == 303
    back = urlsplit(chosen.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == RETURN
    returned = parse_qs(back.query)
    assert returned["state"] == ["s-1"]
    return returned["code"][0]


def doors_view(issuer: Running) -> SignIn:
    table = load_organisation(TABLE.read_text("utf-8"))
    keys = KeySet(fetched_from(f"{issuer.url}/jwks.json"))
    today = datetime(2023, 11, 10, tzinfo=UTC).date()
    return SignIn(
        TrustedIssuer(ISSUER, keys), officers_of(lambda: table), lambda: today
    )


async def test_an_officer_signs_in_with_a_code_and_pkce(
    issuer: Running, http: httpx.AsyncClient
) -> None:
    code = await signed_in_as(http, "hd-01")
    answer = await http.post("/token", data=Exchange(code).form())
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    caller = await doors_view(issuer).caller(given["access_token"])
    assert isinstance(caller, SignedIn)
    assert (caller.actor.role, caller.actor.unit) == ("hrss-head", "HD")
    identity = jwt.decode(given["id_token"], options={"verify_signature": False})
    assert (identity["aud"], identity["nonce"], identity["sub"]) == (
        "console",
        "n-1",
        "hd-01",
    )


async def test_an_id_token_opens_no_door(
    issuer: Running, http: httpx.AsyncClient
) -> None:
    code = await signed_in_as(http, "hd-01")
    given = (await http.post("/token", data=Exchange(code).form())).json()
    with pytest.raises(Problem) as refused:
        await doors_view(issuer).caller(given["id_token"])
    assert refused.value.code == "token-foreign-audience"


async def test_a_code_is_good_once_for_its_own_client_and_verifier(
    http: httpx.AsyncClient,
) -> None:
    for spoiled in (
        {"code_verifier": secrets.token_urlsafe(48)},
        {"redirect_uri": "http://127.0.0.1:4711/elsewhere"},
        {"client_id": "other"},
        {"code": "made-up"},
    ):
        code = await signed_in_as(http, "lc-01")
        form = {**Exchange(code).form(), **spoiled}
        answer = await http.post("/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    code = await signed_in_as(http, "lc-01")
    first = await http.post("/token", data=Exchange(code).form())
    again = await http.post("/token", data=Exchange(code).form())
    assert (first.status_code, again.json()["error"]) == (200, "invalid_grant")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/back",
        "http://127.0.0.1@evil.example/",
        "javascript:alert(1)",
        "http://user@127.0.0.1/",
        "",
    ],
)
async def test_a_code_is_never_sent_to_an_unknown_address(
    http: httpx.AsyncClient, address: str
) -> None:
    asked = {**ASKED, "redirect_uri": address, "subject": "lc-01"}
    shown = await http.get("/authorize", params=asked)
    sent = await http.post("/authorize", data=asked)
    for answer in (shown, sent):
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_a_client_without_pkce_is_told_at_its_own_address(
    http: httpx.AsyncClient,
) -> None:
    asked = {**ASKED, "code_challenge_method": "plain"}
    answer = await http.get("/authorize", params=asked)
    returned = parse_qs(urlsplit(answer.headers["location"]).query)
    assert returned["error"] == ["invalid_request"]
    assert returned["state"] == ["s-1"]


async def test_the_page_is_chinese_first_marked_as_a_demonstration_and_lists_officers(
    http: httpx.AsyncClient,
) -> None:
    chinese = await http.get("/authorize", params=ASKED)
    english = await http.get("/authorize", params={**ASKED, "ui_locales": "en"})
    assert 'lang="zh-CN"' in chinese.text
    assert "演示" in chinese.text
    assert "无需密码" in chinese.text
    assert 'lang="en"' in english.text
    assert "Demo district labour brigade" in english.text
    listed = Fields(chinese.text).subjects
    assert {"lc-01", "li-01", "lg-01", "db-01", "hd-01", "au-01"} <= set(listed)
    assert "xt-01" not in listed
    policy = chinese.headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:4711;" in policy


async def test_what_a_client_sends_is_never_markup(http: httpx.AsyncClient) -> None:
    asked = {**ASKED, "state": '"><script>alert(1)</script>'}
    page = await http.get("/authorize", params=asked)
    assert "<script" not in page.text


async def test_an_agency_signs_in_with_its_secret(
    issuer: Running, http: httpx.AsyncClient
) -> None:
    secret = signing_key(issuer.key_path).client_secret("xt-01")
    form = {"grant_type": "client_credentials"}
    basic = await http.post("/token", data=form, auth=("xt-01", secret))
    post = await http.post(
        "/token", data={**form, "client_id": "xt-01", "client_secret": secret}
    )
    wrong = await http.post("/token", data=form, auth=("xt-01", "wrong"))
    person = signing_key(issuer.key_path).client_secret("lc-01")
    officer = await http.post("/token", data=form, auth=("lc-01", person))
    caller = await doors_view(issuer).caller(basic.json()["access_token"])
    assert caller.actor.role == "agency"
    assert post.status_code == 200
    for refused in (wrong, officer):
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_discovery_names_addresses_that_answer(http: httpx.AsyncClient) -> None:
    found = (await http.get("/.well-known/openid-configuration")).json()
    keys = await http.get(found["jwks_uri"])
    assert found["issuer"] == ISSUER
    assert [row["kty"] for row in keys.json()["keys"]] == ["OKP"]
    assert "d" not in keys.json()["keys"][0]


async def test_a_strange_token_request_gets_an_oauth_error(
    http: httpx.AsyncClient,
) -> None:
    grant = await http.post("/token", data={"grant_type": "password"})
    shape = await http.post("/token", json={"grant_type": "client_credentials"})
    double = await http.post(
        "/token",
        content="grant_type=a&grant_type=b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert grant.json()["error"] == "unsupported_grant_type"
    assert shape.json()["error"] == double.json()["error"] == "invalid_request"


async def test_a_token_from_the_command_line_opens_the_same_door(
    issuer: Running,
) -> None:
    said = verb(issuer.state, "token", "--subject", "lc-01")
    caller = await doors_view(issuer).caller(said.stdout.strip())
    assert caller.actor.role == "centre"
