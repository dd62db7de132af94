"""Routes of the vault: what is left under retired master keys, renewing, checking."""

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from libs.objects import ObjectStore
from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.intake.routes.patrol_photos import store_of
from services.intake.vault.checking import checked
from services.intake.vault.keys import INFORMANT
from services.intake.vault.rotating import (
    FILES,
    INFORMANTS,
    PERSONS,
    SAMPLES,
    left,
    rewrap,
)
from services.intake.window import Window


def router(window: Window) -> APIRouter:
    """Return the operator's routes."""
    routes = APIRouter(prefix="/operator/vault", tags=["operator"])
    photos = store_of(window.running.settings)

    @routes.get("/keys")
    async def keys(caller: OfficerCaller) -> dict[str, Any]:
        """How many keys are not under the current master key."""
        permissions.require(caller, "RotateKeys")
        async with window.pool.acquire() as connection:
            still = await left(connection, window.keys)
        return asdict(still) | await _photos_left(photos)

    @routes.post("/rewrap")
    async def renew(caller: OfficerCaller) -> dict[str, Any]:
        """Wrap what is under a retired master key under the current one."""
        permissions.require(caller, "RotateKeys")
        async with window.pool.acquire() as connection:
            persons = await rewrap(connection, window.keys, PERSONS)
            secret = window.keys.of_kind(INFORMANT)
            persons += await rewrap(connection, secret, INFORMANTS)
            files = await rewrap(connection, window.keys, FILES)
            files += await rewrap(connection, window.keys, SAMPLES)
            still = await left(connection, window.keys)
        moved = await asyncio.to_thread(photos.rewrap)
        rewrapped = {"persons": persons, "files": files, "photos": moved}
        answer = {"rewrapped": rewrapped, **asdict(still)}
        return answer | await _photos_left(photos)

    @routes.get("/check")
    async def check(caller: OfficerCaller) -> dict[str, Any]:
        """Open every value; say how many opened and the first that does not."""
        permissions.require(caller, "Verify")
        async with window.pool.acquire() as connection:
            return asdict(await checked(connection, window.keys))

    return routes


async def _photos_left(store: ObjectStore) -> dict[str, int]:
    return {"photos": await asyncio.to_thread(store.left)}
