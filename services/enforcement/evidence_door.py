"""Evidence at the door: bytes handed in, listed, and given out as an attachment."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, UploadFile
from fastapi.responses import JSONResponse, Response

from libs.acts import Desk, answered
from libs.events.contracts.enforcement import EvidenceAdded
from libs.objects import SUFFIXES, ObjectLost, ObjectStore, sniffed
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

EVIDENCE_BYTES = 20 * 1024 * 1024
"""The largest piece: a phone's film of a posted order, in parts if need be."""
VIEW = frozenset({Power.VIEW})
KINDS_TAKEN = Said(
    "只收 PDF、JPEG、PNG、WebP 图片和 MP4 录像，且不能为空；请换一种格式再交。",
    "PDF, JPEG, PNG, WebP and MP4 are taken, and no empty file: hand in one of these.",
)
TOO_LARGE = Said(
    "一份证据不能超过 20 MB，请压缩或分成几份再交。",
    "A piece of evidence is 20 MB at most: make it smaller or hand it in in parts.",
)
LOST = Said(
    "这份证据的原件已不在库中，请告诉管理员从备份恢复。",
    "The bytes are no longer in the store: ask the operator to restore them.",
)
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
KindSaid = Annotated[str, Form(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


def routers(running: Running) -> Sequence[APIRouter]:
    """Return the routes; objects lie in the folder of the settings."""
    store = ObjectStore(running.settings.objects / "evidence")
    routes = APIRouter(tags=["evidence"])
    _handing_in(routes, running.desk, store)
    _giving_out(routes, running.desk, store)
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
        digest = await asyncio.to_thread(store.keep, content)
        command = AddEvidence(
            case_id=case_id,
            kind=kind,
            sha256=digest,
            media_type=media_type,
            size=len(content),
        )
        done = await desk.do(command, act.stamp(await desk.now()))
        said, _ = answered(desk, done, None)
        shown = {**said, "sha256": digest, "media_type": media_type}
        location = f"/v1/cases/{case_id}/evidence/{digest}"
        return JSONResponse(shown, 201, {"Location": location})


def _giving_out(routes: APIRouter, desk: Desk, store: ObjectStore) -> None:
    @routes.get("/v1/cases/{case_id}/evidence")
    async def listed(case_id: UUID, caller: OfficerCaller) -> dict[str, Any]:
        """Return what a case has as evidence: kinds, types, sizes and digests."""
        pieces = await _readable(desk, case_id, caller)
        return {"items": [piece.model_dump(mode="json") for piece in pieces.values()]}

    @routes.get("/v1/cases/{case_id}/evidence/{digest}", response_class=Response)
    async def one(case_id: UUID, digest: Digest, caller: OfficerCaller) -> Response:
        """Give one piece out, as an attachment that no browser opens in our name."""
        piece = (await _readable(desk, case_id, caller)).get(digest)
        if piece is None:
            raise Problem("not-found")
        try:
            content = await asyncio.to_thread(store.read, digest)
        except ObjectLost:
            raise RuleProblem("evidence-lost", LOST, KINDS["not-found"]) from None
        return Response(content, headers=_headers(piece), media_type=piece.media_type)


async def _readable(
    desk: Desk, case_id: UUID, caller: SignedIn
) -> dict[str, EvidenceAdded]:
    """Return a visible case's evidence; raises 403 or 404."""
    permissions.require(caller, "ReadEvidence", VIEW)
    known.visible(await _known(desk, case_id), caller.actor)
    stream = evidence.KIND.stream(case_id)
    held = (await desk.log.journal.read_streams([stream]))[stream]
    return dict(evidence.KIND.fold(one.fact() for one in held).pieces)


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


def _headers(piece: EvidenceAdded) -> dict[str, str]:
    name = f"{piece.kind}-{piece.sha256[:12]}.{SUFFIXES[piece.media_type]}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
