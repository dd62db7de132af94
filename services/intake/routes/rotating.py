"""Routes of the vault's master keys: what is left under retired ones, and renewing."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.intake.vault.rotating import FILES, PERSONS, SAMPLES, left, rewrap
from services.intake.window import Window


def router(window: Window) -> APIRouter:
    """Return the operator's routes."""
    routes = APIRouter(prefix="/operator/vault", tags=["operator"])

    @routes.get("/keys")
    async def keys(caller: OfficerCaller) -> dict[str, Any]:
        """How many keys are not under the current master key."""
        permissions.require(caller, "RotateKeys")
        async with window.pool.acquire() as connection:
            return asdict(await left(connection, window.keys))

    @routes.post("/rewrap")
    async def renew(caller: OfficerCaller) -> dict[str, Any]:
        """Wrap what is under a retired master key under the current one."""
        permissions.require(caller, "RotateKeys")
        async with window.pool.acquire() as connection:
            persons = await rewrap(connection, window.keys, PERSONS)
            files = await rewrap(connection, window.keys, FILES)
            files += await rewrap(connection, window.keys, SAMPLES)
            still = await left(connection, window.keys)
        return {"rewrapped": {"persons": persons, "files": files}, **asdict(still)}

    return routes
