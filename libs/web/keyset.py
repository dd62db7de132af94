"""The issuer's public keys: fetched, kept, asked for again when a key is unknown."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWKError, PyJWKSetError

from libs.web import outgoing
from libs.web.problems import limited

log = structlog.get_logger()

# Symmetric and encryption keys of a set are never used to check a signature.
ALGORITHMS = frozenset({"EdDSA", "ES256", "RS256"})
LARGEST_SET = 256 * 1024
TIMEOUT_SECONDS = 3.0
Fetch = Callable[[], Awaitable[Mapping[str, Any]]]


class KeysUnavailable(Exception):
    """The issuer's key set could not be fetched or read."""


@dataclass(frozen=True)
class Patience:
    """How long keys are kept and how often the issuer is asked again, in seconds."""

    keep: float = 3600
    ask_again: float = 10


class KeySet:
    """Keys by id; an unknown id asks the issuer again, at most every few seconds."""

    def __init__(
        self,
        fetch: Fetch,
        patience: Patience | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch = fetch
        self._patience = patience or Patience()
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._asked_at: float | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> PyJWK | None:
        """Return a key, or None when the issuer does not know it.

        Raises 503 `issuer-unreachable` while no key set was ever read.
        """
        if kid not in self._keys or self._age() > self._patience.keep:
            async with self._lock:
                if self._age() > self._patience.ask_again:
                    await self._refresh()
        if not self._keys:
            raise limited("issuer-unreachable", int(self._patience.ask_again))
        return self._keys.get(kid)

    def _age(self) -> float:
        if self._asked_at is None:
            return float("inf")
        return self._clock() - self._asked_at

    async def _refresh(self) -> None:
        self._asked_at = self._clock()
        try:
            self._keys = usable(await self._fetch())
        except KeysUnavailable as error:
            log.warning("issuer_keys_unavailable", cause=str(error))


def usable(key_set: Mapping[str, Any]) -> dict[str, PyJWK]:
    """Return the signature keys of a JWKS by id; others are left out.

    Raises KeysUnavailable when it is no key set at all.
    """
    rows = key_set.get("keys")
    if not isinstance(rows, list):
        raise KeysUnavailable("no key set")
    found: dict[str, PyJWK] = {}
    for row in rows:
        key = _signature_key(row)
        if key is not None and key.key_id:
            found[key.key_id] = key
    return found


def _signature_key(row: object) -> PyJWK | None:
    if not isinstance(row, dict) or row.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK.from_dict(row)
    except (PyJWKError, PyJWKSetError, ValueError, KeyError, TypeError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


def fetched_from(url: str) -> Fetch:
    """Return how to fetch a JWKS over HTTP; no redirects, three seconds, 256 KiB."""

    async def fetch() -> Mapping[str, Any]:
        try:
            async with outgoing.client(TIMEOUT_SECONDS) as client:
                answer = await client.get(url, headers={"Accept": "application/json"})
            answer.raise_for_status()
            if len(answer.content) > LARGEST_SET:
                raise KeysUnavailable("the key set is too large")
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise KeysUnavailable(type(error).__name__) from error
        if not isinstance(found, dict):
            raise KeysUnavailable("no key set")
        return found

    return fetch
