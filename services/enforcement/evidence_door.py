"""Evidence at the door: bytes handed in, listed, and given out as an attachment."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import JSONResponse, Response

from libs.acts import Desk, answered
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.event import Recorded
from libs.objects import SUFFIXES, ObjectKeys, ObjectStore
from libs.service.parts import Running
from libs.web import permissions
from libs.web.attachments import Digest, Taking, given, kept
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.permissions import Power
from libs.web.problems import Problem
from services.enforcement import evidence, known
from services.enforcement.evidence import AddEvidence

VIEW = frozenset({Power.VIEW})
ORIGINAL = "/v1/cases/{case_id}/evidence/{digest}/handed-in"
TAKING = Taking(
    code="evidence",
    types=frozenset(SUFFIXES),
    other=Said(
        "只收 PDF、JPEG、PNG、WebP 图片和 MP4 录像，且不能为空；请换一种格式再交。",
        "PDF, JPEG, PNG, WebP and MP4 are taken, and no empty file: hand in one of"
        " these.",
    ),
    too_large=Said(
        "一份证据不能超过 20 MB，请压缩或分成几份再交。",
        "A piece of evidence is 20 MB at most: make it smaller or hand it in in parts.",
    ),
    lost=Said(
        "这份证据的原件已不在库中，请告诉管理员从备份恢复。",
        "The bytes are no longer in the store: ask the operator to restore them.",
    ),
)
KindSaid = Annotated[str, Form(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes; objects lie sealed in the folder of the settings.

    Raises ValueError without the key under which they are sealed.
    """
    told = running.settings
    if told.object_key is None:
        message = "Enforcement needs QINGXIN_OBJECT_KEY."
        raise ValueError(message)
    keys = ObjectKeys.of(told.object_key, told.retired_object_keys)
    store = ObjectStore(told.objects / "evidence", keys)
    routes = APIRouter(tags=["evidence"])
    _handing_in(routes, running.desk, store)
    _giving_out(routes, running.desk, store)
    _rotating(routes, store, len(told.retired_object_keys))
    return (routes,)


def _handing_in(routes: APIRouter, desk: Desk, store: ObjectStore) -> None:
    @routes.post("/v1/evidence", status_code=201)
    async def hand_in(
        case_id: Annotated[UUID, Form()],
        kind: KindSaid,
        file: UploadFile,
        caller: OfficerCaller,
        act: Creation,
    ) -> JSONResponse:
        """Keep the bytes, then say so: bytes without an event are harmless."""
        permissions.require(caller, "AddEvidence")
        known.handling(await _known(desk, case_id), caller.actor)
        bytes_ = await kept(store, file, TAKING)
        command = AddEvidence(
            case_id=case_id,
            kind=kind,
            sha256=bytes_.sha256,
            media_type=bytes_.media_type,
            size=bytes_.size,
            handed_in=bytes_.handed_in,
        )
        done = await desk.do(command, act.stamp(await desk.now()))
        said, _ = answered(desk, done, None)
        said |= {"sha256": bytes_.sha256, "handed_in": bytes_.came}
        location = f"/v1/cases/{case_id}/evidence/{bytes_.sha256}"
        body = {**said, "media_type": bytes_.media_type}
        return JSONResponse(body, 201, {"Location": location})


def _giving_out(routes: APIRouter, desk: Desk, store: ObjectStore) -> None:
    @routes.get("/v1/cases/{case_id}/evidence")
    async def listed(case_id: UUID, caller: OfficerCaller) -> dict[str, Any]:
        """Return what a case has as evidence, who took it in when, and if it opens.

        It does not for whoever the case was only proposed to (F-2.2.3d).
        """
        permissions.require(caller, "ReadEvidence", VIEW)
        facts = await _known(desk, case_id)
        known.visible(facts, caller.actor)
        lines = [_line(one) for one in await _file(desk, case_id)]
        return {"items": lines, "open": known.reads_file(facts, caller.actor)}

    @routes.get("/v1/cases/{case_id}/evidence/{digest}", response_class=Response)
    async def one(case_id: UUID, digest: Digest, caller: OfficerCaller) -> Response:
        """Give one piece out, as an attachment that no browser opens in our name."""
        permissions.require(caller, "ReadEvidence", VIEW)
        piece = await _piece(desk, case_id, digest, caller)
        return await _given(store, piece, digest)

    @routes.get(ORIGINAL, response_class=Response)
    async def original(
        case_id: UUID, digest: Digest, caller: OfficerCaller
    ) -> Response:
        """Give a piece out byte by byte as it came, a photo with its notes."""
        permissions.require(caller, "ReadEvidenceAsHandedIn", VIEW)
        piece = await _piece(desk, case_id, digest, caller)
        return await _given(store, piece, piece.handed_in or digest)


def _rotating(routes: APIRouter, store: ObjectStore, retired: int) -> None:
    @routes.get("/operator/objects/keys", tags=["operator"])
    async def keys(caller: OfficerCaller) -> dict[str, Any]:
        """How many pieces of evidence are not under the current object key."""
        permissions.require(caller, "RotateKeys")
        return {"objects": await asyncio.to_thread(store.left), "retired": retired}

    @routes.post("/operator/objects/rewrap", tags=["operator"])
    async def renew(caller: OfficerCaller) -> dict[str, Any]:
        """Bring what is under a retired object key under the current one."""
        permissions.require(caller, "RotateKeys")
        moved = await asyncio.to_thread(store.rewrap)
        left = await asyncio.to_thread(store.left)
        return {"rewrapped": {"objects": moved}, "objects": left, "retired": retired}


async def _file(
    desk: Desk, case_id: UUID, seen: frozenset[UUID] = frozenset()
) -> Sequence[Recorded]:
    """Return a case's evidence as it was added, then what came of others' files."""
    stream = evidence.KIND.stream(case_id)
    said = (await desk.log.journal.read_streams([stream]))[stream]
    found = [one for one in said if isinstance(one.fact(), EvidenceAdded)]
    seen |= {case_id}
    for other, came in sorted((await _known(desk, case_id)).came.items()):
        if other not in seen:
            theirs = await _file(desk, other, seen)
            found += [one for one in theirs if _added(one).sha256 in came]
    return found


def _added(recorded: Recorded) -> EvidenceAdded:
    return EvidenceAdded.model_validate(recorded.fact().model_dump())


async def _piece(
    desk: Desk, case_id: UUID, digest: str, caller: SignedIn
) -> EvidenceAdded:
    """Return a piece that the caller may open; raises 404, 403."""
    known.file_open(await _known(desk, case_id), caller.actor)
    pieces = [_added(one) for one in await _file(desk, case_id)]
    found = next((one for one in pieces if one.sha256 == digest), None)
    if found is None:
        raise Problem("not-found")
    return found


def _line(recorded: Recorded) -> dict[str, Any]:
    """Return the chain of custody's line: what, by which unit, when."""
    by, at = recorded.actor.unit, recorded.recorded_at.isoformat()
    said = recorded.fact().model_dump(mode="json")
    return {**said, "unit": by, "added_at": at}


async def _given(store: ObjectStore, piece: EvidenceAdded, digest: str) -> Response:
    return await given(store, piece.kind, digest, piece.media_type, TAKING)


async def _known(desk: Desk, case_id: UUID) -> known.Known:
    stream = known.KIND.stream(case_id)
    held = (await desk.log.journal.read_streams([stream]))[stream]
    return known.KIND.fold(one.fact() for one in held)
