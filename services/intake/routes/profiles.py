"""Routes of import profiles: which there are, drafted, adopted, and their templates."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.acts import Act, Answer, answered
from libs.events.decider import NotVisible, Rejected
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation
from services.intake.import_profiles import (
    BOOK,
    KIND,
    AdoptImportProfile,
    DraftImportProfile,
)
from services.intake.importing.jobs import Job
from services.intake.importing.shelf import Shelf, shelf
from services.intake.profiles.profile import Profile
from services.intake.profiles.shelf import ProfileUnknown, profile_names, read_profile
from services.intake.profiles.template import write_template
from services.intake.routes.imports import visible
from services.intake.routes.workbooks import SEEING, workbook_answer
from services.intake.window import Window

PROFILES = "/v1/import-profiles"
# The draft's id says what was read: a newer draft has another.
ACTS = (Act(f"{PROFILES}/drafts/{{draft_id}}/adoption", AdoptImportProfile),)
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]


class Draft(BaseModel):
    """A draft that waits for a second person; `before` is the text in force."""

    draft_id: UUID
    drafter_id: UUID
    name: str
    version: int
    title: dict[str, str]
    text: str
    before: str | None


class Tried(BaseModel):
    """The dry run on the workbench whose profile is to be saved."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    import_id: UUID = Field(description="The trial, done and not refused.")


def router(window: Window) -> APIRouter:
    """Return the routes of profiles."""
    routes = APIRouter()
    _listing(routes, window)
    _drafting(routes, window)
    _files(routes, window)
    return routes


def _listing(routes: APIRouter, window: Window) -> None:
    @routes.get(PROFILES)
    async def profiles(caller: OfficerCaller) -> list[dict[str, Any]]:
        """Return the profiles at hand, each in the version in force."""
        permissions.require(caller, "ImportHistory", SEEING)
        found = await shelf(window)
        return [_profile(found, name) for name in found.names()]

    @routes.get(f"{PROFILES}/drafts")
    async def drafts(caller: OfficerCaller) -> list[Draft]:
        """Return the drafts that wait for a second person."""
        permissions.require(caller, "ImportHistory", SEEING)
        found = await shelf(window)
        return _drafts(found)


def _drafting(routes: APIRouter, window: Window) -> None:
    @routes.post(f"{PROFILES}/drafts", status_code=201, response_model=Answer)
    async def draft(said: Tried, caller: OfficerCaller, act: Creation) -> JSONResponse:
        """Save what a dry run read by: a draft, until another person adopts it."""
        permissions.require(caller, "DraftImportProfile")
        job = await visible(window, said.import_id, caller)
        profile, text = _tried(job)
        command = accepted(
            DraftImportProfile,
            {
                "draft_id": act.part("draft").command_id,
                "profile": profile.name,
                "profile_version": profile.version,
                "profile_text": text,
            },
        )
        stamp = act.stamp(await window.desk.now())
        done = await window.desk.do(command, stamp)
        body, _ = answered(window.desk, done, KIND.stream(BOOK))
        return JSONResponse(body, 201)


def _tried(job: Job) -> tuple[Profile, str]:
    """Return the profile that was tried; raises for what read no row."""
    if job.profile_text is None:
        raise Rejected(
            "not-a-trial", "这次导入用的是已启用的模板，没有可保存的；请在工作台试读。"
        )
    if job.state != "done":
        raise Rejected(
            "trial-not-done", "试读还没有结束，或整份文件被拒收；请改好后重新试读。"
        )
    profile = read_profile(job.profile, job.profile_text)
    if profile.name in profile_names():
        raise Rejected("profile-name-taken", "这个名称随系统发布，请另起一个名称。")
    if not job.good_rows:
        raise Rejected(
            "nothing-read", "试读没有读出一行；请改正各栏的含义后重新试读，再保存。"
        )
    return profile, job.profile_text


def _files(routes: APIRouter, window: Window) -> None:
    @routes.get(f"{PROFILES}/{{name}}/template.xlsx", response_class=Response)
    async def template(
        name: str, caller: OfficerCaller, version: Version = None
    ) -> Response:
        """Return an empty workbook that a profile reads, its version in it."""
        permissions.require(caller, "ImportHistory", SEEING)
        found = _found(await shelf(window), name, version)
        profile = read_profile(name, found)
        return workbook_answer(
            write_template(profile), f"{name}-v{profile.version}.xlsx"
        )

    @routes.get(f"{PROFILES}/{{name}}/profile.toml", response_class=Response)
    async def text(
        name: str, caller: OfficerCaller, version: Version = None
    ) -> Response:
        """Return a profile as TOML, in any version."""
        permissions.require(caller, "ImportHistory", SEEING)
        found = _found(await shelf(window), name, version)
        file = f"{name}-v{read_profile(name, found).version}.toml"
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return Response(found, media_type="application/toml", headers=headers)


def _found(at_hand: Shelf, name: str, version: int | None) -> str:
    try:
        return at_hand.text(name, version)
    except ProfileUnknown:
        raise NotVisible from None


def _profile(at_hand: Shelf, name: str) -> dict[str, Any]:
    found = at_hand.profile(name)
    place = f"{PROFILES}/{found.name}"
    return {
        "name": found.name,
        "version": found.version,
        "versions": list(at_hand.versions(name)),
        "released": name in profile_names(),
        "title": {"zh": found.title.zh, "en": found.title.en},
        "kinds": list(found.kinds),
        "registers": found.registers,
        "channel": found.channel,
        "currency": found.money.currency,
        "template_url": f"{place}/template.xlsx",
        "profile_url": f"{place}/profile.toml",
    }


def _drafts(at_hand: Shelf) -> list[Draft]:
    said = []
    for one in at_hand.held.drafts:
        title = read_profile(one.profile, one.profile_text).title
        before = at_hand.held.newest(one.profile)
        said.append(
            Draft(
                draft_id=one.draft_id,
                drafter_id=one.drafter_id,
                name=one.profile,
                version=one.profile_version,
                title={"zh": title.zh, "en": title.en},
                text=one.profile_text,
                before=before.profile_text if before else None,
            )
        )
    return said
