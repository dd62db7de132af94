"""Reporting put together: its read models, the campaign's acts, traces and pages."""

from collections.abc import Sequence

from fastapi import APIRouter

from libs.service.parts import Running, Service
from services.reporting import campaign, closing
from services.reporting.traces import otlp, store
from services.reporting.views import DECLARED

PROTOBUF = "application/x-protobuf"


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes that need what runs: the trace store's receiver."""
    return [otlp.router(otlp.Receiver(running.pool))]


async def prepare(running: Running) -> None:
    """Make the trace store's tables."""
    await store.ensure(running.pool)


SERVICE = Service(
    name="reporting",
    title="Qingxin 清薪: reporting",
    rules=campaign.RULES,
    views=DECLARED,
    routers=closing.ROUTERS,
    more_routers=routers,
    prepare=prepare,
    raw_types=frozenset({PROTOBUF}),
)
