"""How often the public may try; officers are known, and are not counted."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from libs.web.auth import AnyCaller
from libs.web.callers import SignedIn
from libs.web.limits import Limiter


def limit_the_public(
    limiter: Limiter,
) -> Callable[[Request, Response, AnyCaller], Awaitable[None]]:
    """Return a dependency that counts tries by address, of the public alone."""

    async def counted(request: Request, response: Response, caller: AnyCaller) -> None:
        if isinstance(caller, SignedIn):
            return
        address = request.client.host if request.client else "unknown"
        left = limiter.take(address)
        response.headers.update(limiter.headers(left, int(limiter.rate.window)))

    return counted
