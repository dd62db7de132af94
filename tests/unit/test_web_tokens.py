"""A token counts only if our issuer signed it, for us, and its time has not run out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

from libs import ids
from libs.web.app import make_app
from libs.web.keyset import KeySet, KeysUnavailable, Patience, usable
from libs.web.worker_tokens import WorkerKey, mint_worker_token
from tests.unit.web_door import (
    ISSUER,
    PRIVATE_KEY,
    WORKER_KEY,
    bearer,
    claims,
    client,
    public_jwk,
    published_keys,
    routes,
    settings,
    sign_in,
    token,
)

AGO = datetime.now(UTC) - timedelta(hours=1)
SOON = datetime.now(UTC) + timedelta(hours=1)
STRANGER = Ed25519PrivateKey.generate()
PUBLIC_PEM = PRIVATE_KEY.public_key().public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)


async def asked(text: str, path: str = "/v1/whoami") -> httpx.Response:
    async with client() as door:
        return await door.get(path, headers=bearer(text))


def unsigned() -> str:
    return jwt.encode(claims(), "", "none", headers={"kid": "k1"})


def confused() -> str:
    """Return a token signed by HMAC with the issuer's public key as the secret."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"k1"}')
    body = token().split(".")[1].encode()
    signed = head + b"." + body
    mac = jwt.utils.base64url_encode(algorithm.sign(signed, PUBLIC_PEM))
    return (signed + b"." + mac).decode()


def tampered() -> str:
    head, _, signature = token().split(".")
    body = token(sub="hd-01").split(".")[1]
    return f"{head}.{body}.{signature}"


REFUSED = {
    "token-forged": [token(STRANGER), tampered()],
    "token-expired": [token(exp=AGO, iat=AGO - timedelta(hours=1))],
    "token-not-yet-valid": [token(iat=SOON, exp=SOON + timedelta(1)), token(nbf=SOON)],
    "token-foreign-issuer": [token(iss="https://elsewhere.invalid")],
    "token-foreign-audience": [token(aud="another")],
    "token-algorithm": [unsigned(), confused()],
    "token-unknown-key": [token(kid="k9"), token(kid="")],
    "token-claims-missing": [token(jti=None), token(exp=None), token(aud=None)],
    "token-malformed": ["nonsense", "a.b.c", "x" * 9000, token(sub=7)],
}


@pytest.mark.parametrize(
    ("code", "text"),
    [(code, text) for code, texts in REFUSED.items() for text in texts],
)
async def test_a_bad_token_is_refused_by_its_own_code(code: str, text: str) -> None:
    answer = await asked(text)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="qingxin"')
    assert code in challenge
    assert text not in answer.text


async def test_a_bad_token_is_never_taken_for_nobody() -> None:
    headers = {**bearer(token(exp=AGO)), "Idempotency-Key": "0123456789abcdef"}
    async with client() as door:
        answer = await door.post("/v1/notes", json={"words": "a"}, headers=headers)
    assert answer.status_code == 401


async def test_role_and_unit_come_from_the_table_never_from_the_token() -> None:
    answer = await asked(token(role="hrss-head", unit="district"))
    assert answer.json() == {
        "role": "centre",
        "id": str(ids.actor_id(ISSUER, "lc-01")),
    }


async def test_a_token_of_nobody_in_the_table_says_what_to_do() -> None:
    answer = await asked(token(sub="zz-99"))
    assert (answer.status_code, answer.json()["code"]) == (403, "officer-unknown")
    assert "领导小组办公室" in answer.json()["detail"]


async def test_no_role_comes_from_a_header() -> None:
    headers = {"X-User-Role": "hrss-head", "X-User": "hd-01"}
    async with client() as door:
        answer = await door.get("/v1/whoami", headers=headers)
    assert answer.json()["code"] == "token-missing"


async def test_two_authorization_headers_are_refused() -> None:
    pair = [("Authorization", f"Bearer {token()}")] * 2
    async with client() as door:
        answer = await door.get("/v1/whoami", headers=pair)
    assert answer.json()["code"] == "header-repeated"


async def test_a_workers_token_opens_one_clue_or_claim_for_a_quarter_hour() -> None:
    claim = uuid4()
    minted = mint_worker_token(WORKER_KEY, "claim", claim)
    mine = await asked(minted.token, "/v1/mine")
    office = await asked(minted.token)
    officer = await asked(token(), "/v1/mine")
    assert mine.json() == {"claim": str(claim)}
    assert office.json()["code"] == "not-an-officer"
    assert officer.json()["code"] == "not-a-worker"
    assert minted.expires_at < datetime.now(UTC) + timedelta(minutes=16)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "token-expired",
            mint_worker_token(WORKER_KEY, "clue", uuid4(), AGO).token,
        ),
        (
            "token-forged",
            mint_worker_token(WorkerKey(b"x" * 32), "clue", uuid4()).token,
        ),
        ("token-algorithm", token(iss="urn:qingxin:intake:worker")),
    ],
)
async def test_a_bad_workers_token_is_refused(code: str, text: str) -> None:
    answer = await asked(text, "/v1/mine")
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_short_worker_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        WorkerKey(b"short")


class Published:
    """An issuer whose keys change, and that counts how often it is asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self.down = False
        self.keys = [public_jwk()]

    async def fetch(self) -> Mapping[str, Any]:
        self.asked += 1
        if self.down:
            raise KeysUnavailable("down")
        return {"keys": self.keys}

    def key_set(self) -> KeySet:
        return KeySet(self.fetch, Patience(3600, 10), lambda: self.now)


async def test_an_unknown_key_asks_again_but_not_at_every_request() -> None:
    issuer = Published()
    keys = issuer.key_set()
    assert await keys.key("k1") is not None
    for _ in range(20):
        assert await keys.key("k2") is None
    assert issuer.asked == 1
    issuer.keys.append(public_jwk(STRANGER, "k2"))
    issuer.now = 11
    assert await keys.key("k2") is not None
    assert issuer.asked == 2


async def test_a_key_that_the_issuer_withdrew_stops_counting() -> None:
    issuer = Published()
    keys = issuer.key_set()
    assert await keys.key("k1") is not None
    issuer.keys, issuer.now = [public_jwk(STRANGER, "k2")], 3601
    assert await keys.key("k1") is None


async def test_known_keys_outlive_an_issuer_that_is_down() -> None:
    issuer = Published()
    keys = issuer.key_set()
    assert await keys.key("k1") is not None
    issuer.down, issuer.now = True, 4000
    assert await keys.key("k1") is not None


async def test_without_any_key_the_door_says_to_come_later() -> None:
    issuer = Published()
    issuer.down = True
    app = make_app(settings(sign_in=sign_in(issuer.key_set())), [routes()])
    async with client(app) as door:
        answer = await door.get("/v1/whoami", headers=bearer())
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer-unreachable")
    assert answer.headers["retry-after"] == "10"


async def test_a_token_signed_on_the_p256_curve_counts_too() -> None:
    key = generate_private_key(SECP256R1())
    row = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)

    async def fetch() -> Mapping[str, Any]:
        return {"keys": [{**row, "kid": "k1", "use": "sig", "alg": "ES256"}]}

    app = make_app(settings(sign_in=sign_in(KeySet(fetch))), [routes()])
    async with client(app) as door:
        answer = await door.get("/v1/whoami", headers=bearer(token(key, "ES256")))
        swapped = await door.get("/v1/whoami", headers=bearer(token()))
    assert answer.status_code == 200
    assert swapped.status_code == 401


async def test_symmetric_and_encryption_keys_of_a_set_are_left_out() -> None:
    known = (await published_keys())["keys"]
    secret = {"kty": "oct", "kid": "s", "k": "AAAA", "alg": "HS256"}
    sealed = {**known[0], "kid": "e", "use": "enc"}
    assert set(usable({"keys": [*known, secret, sealed, "odd"]})) == {"k1"}
