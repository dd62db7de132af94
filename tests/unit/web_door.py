"""A door for tests: a small application with one of every kind of route."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import HTMLResponse
from jwt.algorithms import OKPAlgorithm
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from libs.events.decider import NotVisible, NotYours, Rejected
from libs.events.journal.words import Overloaded
from libs.events.perform import CommandKeyReused, Contended, PreconditionFailed
from libs.web import permissions
from libs.web.app import DoorSettings, make_app
from libs.web.auth import AnyCaller, OfficerCaller, SignIn, WorkerCaller
from libs.web.callers import Officer
from libs.web.etags import Expected
from libs.web.guards import Caps
from libs.web.health import Probes
from libs.web.idempotency import Creation
from libs.web.keyset import KeySet
from libs.web.tokens import TrustedIssuer
from libs.web.worker_tokens import WorkerKey

ISSUER = "https://issuer.test.invalid"
WORKER_KEY = WorkerKey(b"w" * 32)
REQUEST_KEY = b"r" * 32
PRIVATE_KEY = Ed25519PrivateKey.generate()
KID = "k1"
OFFICERS = {
    "lc-01": Officer("lc-01", "centre", "centre"),
    "hd-01": Officer("hd-01", "hrss-head", "district"),
}


def even(number: int) -> int:
    if number == 13:
        raise PydanticCustomError("unlucky", "请换一个数。", {"en": "Another one."})
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


Even = Annotated[int, AfterValidator(even)]


class Note(BaseModel):
    """A body with fields of every kind that the tests send."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    words: str = Field(min_length=1, max_length=40)
    fen: int = Field(default=0, ge=0, strict=True)
    parts: list[dict[str, Any]] = Field(default_factory=list)


def public_jwk(key: Ed25519PrivateKey = PRIVATE_KEY, kid: str = KID) -> dict[str, Any]:
    row = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**row, "kid": kid, "use": "sig", "alg": "EdDSA"}


async def published_keys() -> Mapping[str, Any]:
    return {"keys": [public_jwk()]}


def claims(**changed: object) -> dict[str, Any]:
    now = datetime.now(UTC)
    made = {
        "iss": ISSUER,
        "aud": "qingxin",
        "sub": "lc-01",
        "iat": now,
        # Made when tests are collected, used when they run: a slow run is no old token.
        "exp": now + timedelta(hours=2),
        "jti": str(uuid4()),
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def token(key: Any = PRIVATE_KEY, algorithm: str = "EdDSA", **changed: object) -> str:
    kid = str(changed.pop("kid", KID))
    headers = {"kid": kid, "typ": "at+jwt"}
    return jwt.encode(claims(**changed), key, algorithm, headers=headers)


def bearer(text: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {text or token()}"}


def callers() -> APIRouter:
    router = APIRouter()

    @router.get("/v1/whoami")
    async def whoami(caller: OfficerCaller) -> dict[str, str]:
        return {"role": caller.actor.role, "id": str(caller.actor.id)}

    @router.get("/v1/mine")
    async def mine(caller: WorkerCaller) -> dict[str, str]:
        return {caller.kind: str(caller.subject_id)}

    return router


def sendings() -> APIRouter:
    router = APIRouter()

    @router.post("/v1/forms")
    async def form(words: Annotated[str, Form()]) -> dict[str, str]:
        return {"words": words}

    @router.post("/v1/imports")
    async def take_file(file: UploadFile, act: Creation) -> dict[str, str]:
        return {"size": str(file.size), "hmac": act.request_hmac.hex()}

    @router.get("/page", response_class=HTMLResponse)
    async def page() -> str:
        return "<p>页"

    return router


def routes() -> APIRouter:
    router = APIRouter()
    router.include_router(callers())
    router.include_router(sendings())

    @router.post("/v1/notes", status_code=201)
    async def take(note: Note, act: Creation, caller: AnyCaller) -> dict[str, str]:
        mac = act.request_hmac.hex()
        role = caller.actor.role
        command = str(act.command_id)
        return {"words": note.words, "command": command, "hmac": mac, "role": role}

    @router.get("/v1/notes")
    async def notes(limit: Even = 2) -> dict[str, int]:
        return {"limit": limit}

    @router.put("/v1/notes/{number}")
    async def change(number: UUID, seen: Expected) -> dict[str, str]:
        seen.require(17)
        return {"number": str(number)}

    @router.post("/v1/orders")
    async def order(caller: OfficerCaller) -> dict[str, str]:
        permissions.require(caller, "OrderPayment")
        return {}

    return router


def refusals() -> APIRouter:
    router = APIRouter()

    @router.get("/raise/{what}")
    async def refuse(what: str) -> None:
        errors: dict[str, Exception] = {
            "rule": Rejected("payment-known", "已经付清。", article="WPR 7"),
            "unlisted": Rejected("some-rule", "请先核实。"),
            "invisible": NotVisible(),
            "not-yours": NotYours("请联系领导小组办公室。", may=["leading-group"]),
            "bug": RuntimeError("340199189001010000 张三"),
            "reused": CommandKeyReused("k"),
            "moved": PreconditionFailed("case-1", 18),
            "contended": Contended("moved"),
            "full": Overloaded("full"),
            "away": asyncpg.ConnectionDoesNotExistError("closed in mid-operation"),
            "lost": asyncpg.InternalClientError("unknown protocol state"),
            "refused": ConnectionRefusedError("127.0.0.1"),
        }
        raise errors[what]

    return router


def sign_in(keys: KeySet | None = None) -> SignIn:
    trusted = TrustedIssuer(ISSUER, keys or KeySet(published_keys))

    def officers(subject: str, _day: date) -> Officer | None:
        return OFFICERS.get(subject)

    return SignIn(trusted, officers, lambda: date(2023, 11, 10), WORKER_KEY)


def settings(**changed: Any) -> DoorSettings:
    made: dict[str, Any] = {
        "title": "试验",
        "probes": Probes("trial", "0.1.0"),
        "request_key": REQUEST_KEY,
        "sign_in": sign_in(),
        "caps": Caps(body_bytes=20_000, uploads={"/v1/imports": 200_000}),
        **changed,
    }
    return DoorSettings(**made)


@asynccontextmanager
async def client(app: Any = None) -> AsyncIterator[httpx.AsyncClient]:
    served = app or make_app(settings(), [routes(), refusals()])
    transport = httpx.ASGITransport(served)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as door:
        yield door
