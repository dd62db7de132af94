"""Photos of patrols at the door: handed in, listed, given out as attachments.

Their bytes lie sealed under keys of the vault's master key, apart from its persons.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, UploadFile
from fastapi.responses import JSONResponse, Response

from libs.acts import answered
from libs.events.event import Recorded
from libs.objects import ObjectKeys, ObjectStore
from libs.pictures import FORMATS
from libs.settings import Settings
from libs.web import permissions
from libs.web.attachments import Digest, Taking, given, kept
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.intake import patrols
from services.intake.patrols import AddPatrolPhoto, Patrol
from services.intake.window import Window

PHOTOS = "/v1/patrols/{patrol_id}/photos"
ONE = f"{PHOTOS}/{{digest}}"
VIEW = frozenset({Power.VIEW})
TAKING = Taking(
    code="photo",
    types=frozenset(FORMATS),
    other=Said(
        "照片只收 JPEG、PNG、WebP，且不能为空；请换一种格式再交。",
        "Photos are JPEG, PNG or WebP, and no empty file: hand in one of these.",
    ),
    too_large=Said(
        "一张照片不能超过 20 MB，请缩小后再交。",
        "A photo is 20 MB at most: make it smaller.",
    ),
    lost=Said(
        "这张照片已不在库中，请告诉管理员从备份恢复。",
        "The photo is no longer in the store: ask the operator to restore it.",
    ),
)


def store_of(told: Settings) -> ObjectStore:
    """Return where photos lie; raises ValueError without the vault's master key."""
    if told.master_key is None:
        message = "Intake needs QINGXIN_MASTER_KEY."
        raise ValueError(message)
    keys = ObjectKeys.of(told.master_key, told.retired_master_keys)
    return ObjectStore(told.objects / "patrols", keys)


def router(window: Window) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["patrols"])
    store = store_of(window.running.settings)
    _handing_in(routes, window, store)
    _giving_out(routes, window, store)
    return routes


def _handing_in(routes: APIRouter, window: Window, store: ObjectStore) -> None:
    @routes.post(PHOTOS, status_code=201)
    async def hand_in(
        patrol_id: UUID, file: UploadFile, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Keep the bytes, then say so: bytes without an event are harmless."""
        permissions.require(caller, "AddPatrolPhoto")
        patrols.own(_folded(await _held(window, patrol_id)), caller.actor)
        photo = await kept(store, file, TAKING)
        command = AddPatrolPhoto(
            patrol_id=patrol_id,
            sha256=photo.sha256,
            media_type=photo.media_type,
            size=photo.size,
            handed_in=photo.handed_in,
        )
        done = await window.desk.do(command, act.stamp(await window.desk.now()))
        said, _ = answered(window.desk, done, None)
        location = ONE.format(patrol_id=patrol_id, digest=photo.sha256)
        body = {**said, "sha256": photo.sha256, "handed_in": photo.came}
        return JSONResponse(body, 201, {"Location": location})


def _giving_out(routes: APIRouter, window: Window, store: ObjectStore) -> None:
    @routes.get(PHOTOS)
    async def listed(patrol_id: UUID, caller: OfficerCaller) -> dict[str, Any]:
        """Return the photos of a patrol, and who handed them in when."""
        permissions.require(caller, "ReadPatrolPhotos", VIEW)
        held = await _held(window, patrol_id)
        patrols.visible(_folded(held), caller.actor)
        photos = [one for one in held if one.type == "PatrolPhotoAdded"]
        return {"items": [_line(one) for one in photos]}

    @routes.get(ONE, response_class=Response)
    async def one(patrol_id: UUID, digest: Digest, caller: OfficerCaller) -> Response:
        """Give a photo out without its notes."""
        permissions.require(caller, "ReadPatrolPhotos", VIEW)
        media_type, _ = await _photo(window, patrol_id, digest, caller)
        return await given(store, "patrol", digest, media_type, TAKING)

    @routes.get(f"{ONE}/handed-in", response_class=Response)
    async def original(
        patrol_id: UUID, digest: Digest, caller: OfficerCaller
    ) -> Response:
        """Give a photo out byte by byte as it came, with its notes."""
        permissions.require(caller, "ReadEvidenceAsHandedIn", VIEW)
        media_type, came = await _photo(window, patrol_id, digest, caller)
        return await given(store, "patrol", came, media_type, TAKING)


async def _photo(
    window: Window, patrol_id: UUID, digest: str, caller: SignedIn
) -> tuple[str, str]:
    """Return a photo's type and the digest of its original; raises 404."""
    patrol = _folded(await _held(window, patrol_id))
    patrols.visible(patrol, caller.actor)
    photo = patrol.photo(digest)
    if photo is None:
        raise Problem("not-found")
    return photo.media_type, photo.handed_in or digest


async def _held(window: Window, patrol_id: UUID) -> Sequence[Recorded]:
    stream = patrols.KIND.stream(patrol_id)
    return (await window.desk.log.journal.read_streams([stream]))[stream]


def _folded(held: Sequence[Recorded]) -> Patrol:
    return patrols.KIND.fold(one.fact() for one in held)


def _line(recorded: Recorded) -> dict[str, Any]:
    said = recorded.fact().model_dump(mode="json")
    return {**said, "added_at": recorded.recorded_at.isoformat()}
