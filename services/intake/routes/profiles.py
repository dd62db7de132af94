"""Routes of import profiles: which there are, and an empty workbook of each."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.intake.profiles.profile import Profile
from services.intake.profiles.shelf import profile, profile_names
from services.intake.profiles.template import write_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEEING = frozenset({permissions.Power.DECIDE, permissions.Power.VIEW})


def router() -> APIRouter:
    """Return the routes of profiles."""
    routes = APIRouter()

    @routes.get("/v1/import-profiles")
    async def profiles(caller: OfficerCaller) -> list[dict[str, Any]]:
        """Return the profiles at hand."""
        permissions.require(caller, "ImportHistory", SEEING)
        return [_profile(profile(name)) for name in profile_names()]

    @routes.get("/v1/import-profiles/{name}/template.xlsx", response_class=Response)
    async def template(name: str, caller: OfficerCaller) -> Response:
        """Return an empty workbook that a profile reads."""
        permissions.require(caller, "ImportHistory", SEEING)
        if name not in profile_names():
            raise NotVisible
        return workbook_answer(write_template(profile(name)), f"{name}.xlsx")

    return routes


def _profile(found: Profile) -> dict[str, Any]:
    return {
        "name": found.name,
        "version": found.version,
        "title": {"zh": found.title.zh, "en": found.title.en},
        "kinds": list(found.kinds),
        "registers": found.registers,
        "channel": found.channel,
        "currency": found.money.currency,
        "template_url": f"/v1/import-profiles/{found.name}/template.xlsx",
    }


def workbook_answer(content: bytes, name: str) -> Response:
    """Return a workbook to be saved under a name."""
    disposition = f'attachment; filename="{name}"'
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": disposition}
    )
