"""Reporting put together: its read models, the campaign's acts, traces and pages."""

from collections.abc import Sequence

from fastapi import APIRouter

from libs.service.parts import Running, Service
from libs.sheets.limits import LIMITS
from libs.web.attachments import UPLOAD_BYTES as PHOTO_BYTES
from services.reporting import (
    api,
    calendar_api,
    campaign,
    channels_api,
    closing,
    duties_api,
    messages_api,
    owner_rules_api,
    persons_api,
    publicity,
    risks_api,
    rosters_api,
    supervision_api,
)
from services.reporting.console import pages as console_pages
from services.reporting.traces import otlp, store
from services.reporting.views import DECLARED

# A form's own parts come on top of the file.
UPLOAD_BYTES = LIMITS.file_bytes + 100_000
ROSTER_BYTES = 6_000_000
PROTOBUF = "application/x-protobuf"


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes that need what runs: the trace store's receiver, the pages."""
    return [
        otlp.router(otlp.Receiver(running.pool)),
        *console_pages.routers(running),
    ]


async def prepare(running: Running) -> None:
    """Make the trace store's tables."""
    await store.ensure(running.pool)


SERVICE = Service(
    name="reporting",
    title="Qingxin 清薪: reporting",
    rules=(*campaign.RULES, *publicity.RULES),
    views=DECLARED,
    routers=(
        *closing.ROUTERS,
        api.router,
        calendar_api.router,
        channels_api.router,
        duties_api.router,
        messages_api.router,
        owner_rules_api.router,
        persons_api.router,
        risks_api.router,
        rosters_api.router,
        supervision_api.router,
    ),
    more_routers=routers,
    prepare=prepare,
    raw_types=frozenset({PROTOBUF}),
    uploads={
        "/console/imports": UPLOAD_BYTES,
        "/console/workbench": UPLOAD_BYTES,
        "/console/register": ROSTER_BYTES,
        "/console/evidence": PHOTO_BYTES,
        "/console/patrols/": PHOTO_BYTES,
    },
)
