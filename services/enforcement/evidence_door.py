"""Evidence at the door: bytes handed in, listed, and given out as an attachment."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, UploadFile
from fastapi.responses import JSONResponse, Response

from libs.acts import Desk, answered
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.event import Recorded
from libs.objects import SUFFIXES, ObjectKeys, ObjectLost, ObjectStore, sniffed
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.permissions import Power
from libs.web.problem_kinds import KINDS
from libs.web.problems import Problem, RuleProblem
from services.enforcement import evidence, known
from services.enforcement.evidence import AddEvidence
from services.enforcement.pictures import (
    FORMATS,
    PictureBroken,
    PictureTooLarge,
    drawn_anew,
)

EVIDENCE_BYTES = 20 * 1024 * 1024
"""The largest piece: a phone's film of a posted order, in parts if need be."""
VIEW = frozenset({Power.VIEW})
ORIGINAL = "/v1/cases/{case_id}/evidence/{digest}/handed-in"
KINDS_TAKEN = Said(
    "只收 PDF、JPEG、PNG、WebP 图片和 MP4 录像，且不能为空；请换一种格式再交。",
    "PDF, JPEG, PNG, WebP and MP4 are taken, and no empty file: hand in one of these.",
)
TOO_LARGE = Said(
    "一份证据不能超过 20 MB，请压缩或分成几份再交。",
    "A piece of evidence is 20 MB at most: make it smaller or hand it in in parts.",
)
BROKEN = Said(
    "这张图片打不开（文件不完整或不是图片），请重新拍照或另存后再交。",
    "The picture cannot be opened: take it again, or save it anew and hand that in.",
)
TOO_MANY = Said(
    "图片不能超过 5000 万像素，请缩小后再交。",
    "A picture has 50 million image points at most: make it smaller.",
)
LOST = Said(
    "这份证据的原件已不在库中，请告诉管理员从备份恢复。",
    "The bytes are no longer in the store: ask the operator to restore them.",
)
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
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
        content, media_type = await _content(file)
        shown = await asyncio.to_thread(_shown, content, media_type)
        came = await asyncio.to_thread(store.keep, content)
        digest = await asyncio.to_thread(store.keep, shown)
        command = AddEvidence(
            case_id=case_id,
            kind=kind,
            sha256=digest,
            media_type=media_type,
            size=len(shown),
            handed_in=None if came == digest else came,
        )
        done = await desk.do(command, act.stamp(await desk.now()))
        said, _ = answered(desk, done, None)
        kept = {"sha256": digest, "handed_in": came, "media_type": media_type}
        location = f"/v1/cases/{case_id}/evidence/{digest}"
        return JSONResponse({**said, **kept}, 201, {"Location": location})


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
    try:
        content = await asyncio.to_thread(store.read, digest)
    except ObjectLost:
        raise RuleProblem("evidence-lost", LOST, KINDS["not-found"]) from None
    headers = _headers(piece.kind, digest, piece.media_type)
    return Response(content, headers=headers, media_type=piece.media_type)


async def _known(desk: Desk, case_id: UUID) -> known.Known:
    stream = known.KIND.stream(case_id)
    held = (await desk.log.journal.read_streams([stream]))[stream]
    return known.KIND.fold(one.fact() for one in held)


async def _content(file: UploadFile) -> tuple[bytes, str]:
    content = await file.read(EVIDENCE_BYTES + 1)
    if len(content) > EVIDENCE_BYTES:
        raise RuleProblem("evidence-too-large", TOO_LARGE, KINDS["body-too-large"])
    media_type = sniffed(content)
    if media_type is None:
        raise RuleProblem("evidence-type", KINDS_TAKEN, KINDS["media-type"])
    return content, media_type


def _shown(content: bytes, media_type: str) -> bytes:
    """Return what is given out: a picture drawn anew, everything else as it came."""
    if media_type not in FORMATS:
        return content
    try:
        return drawn_anew(content, media_type)
    except PictureBroken:
        raise RuleProblem("evidence-type", BROKEN, KINDS["media-type"]) from None
    except PictureTooLarge:
        kind = KINDS["body-too-large"]
        raise RuleProblem("evidence-too-large", TOO_MANY, kind) from None


def _headers(kind: str, digest: str, media_type: str) -> dict[str, str]:
    name = f"{kind}-{digest[:12]}.{SUFFIXES[media_type]}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
