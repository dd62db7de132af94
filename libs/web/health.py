"""Probes: is it alive, is it ready and why not, what does it measure, what is it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class Checked:
    """What a readiness check found: fine or not, and one line of detail."""

    ok: bool
    detail: str = ""


Check = Callable[[], Awaitable[Checked]]


@dataclass(frozen=True)
class Probes:
    """What a service tells its operator: checks by name, metrics text, version."""

    service: str
    version: str
    checks: Mapping[str, Check] = field(default_factory=dict)
    metrics: Callable[[], str] | None = None
    about: Mapping[str, str] = field(default_factory=dict)


class PrometheusText(PlainTextResponse):
    """Prometheus' text format."""

    media_type = PROMETHEUS


def probe_routes(probes: Probes) -> APIRouter:
    """Return /livez, /readyz, /metrics and /version."""
    router = APIRouter(tags=["probes"])

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive", "service": probes.service}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        found = await run_checks(probes.checks)
        ready = all(checked.ok for checked in found.values())
        body = {
            "status": "ready" if ready else "not-ready",
            "service": probes.service,
            "checks": {
                name: {"ok": checked.ok, "detail": checked.detail}
                for name, checked in found.items()
            },
        }
        headers = {} if ready else {"Retry-After": "1"}
        return JSONResponse(body, 200 if ready else 503, headers=headers)

    @router.get("/metrics", response_class=PrometheusText)
    async def metrics() -> PrometheusText:
        return PrometheusText(probes.metrics() if probes.metrics else "")

    @router.get("/version")
    async def version() -> dict[str, str]:
        named = {"service": probes.service, "version": probes.version}
        return {**probes.about, **named}

    return router


async def run_checks(checks: Mapping[str, Check]) -> dict[str, Checked]:
    """Run all checks side by side; one that takes over five seconds is not fine."""
    found = await asyncio.gather(*(_bounded(check) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _bounded(check: Check) -> Checked:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return Checked(ok=False, detail=f"no answer within {CHECK_SECONDS:.0f} s")
    except OSError as error:
        return Checked(ok=False, detail=type(error).__name__)
