"""Attachments: files handed in at a door, kept sealed, given out for download only.

A file is what its bytes show. A picture is kept twice: as it came, and drawn anew
without its notes, which is what readers get.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, UploadFile
from fastapi.responses import Response

from libs.objects import SUFFIXES, ObjectLost, ObjectStore, sniffed
from libs.pictures import FORMATS, PictureBroken, PictureTooLarge, drawn_anew
from libs.web.languages import Said
from libs.web.problem_kinds import KINDS
from libs.web.problems import RuleProblem

MOST_BYTES = 20 * 1024 * 1024
"""The largest file: a phone's film of a posted order, in parts if need be."""
UPLOAD_BYTES = MOST_BYTES + 100_000
"""A form's own parts come on top of the file."""
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
"""A file in an address: the SHA-256 of what is given out."""
BROKEN = Said(
    "这张图片打不开（文件不完整或不是图片），请重新拍照或另存后再交。",
    "The picture cannot be opened: take it again, or save it anew and hand that in.",
)
TOO_MANY = Said(
    "图片不能超过 5000 万像素，请缩小后再交。",
    "A picture has 50 million image points at most: make it smaller.",
)


@dataclass(frozen=True)
class Taking:
    """What a door takes, and how it says no; `code` begins the codes of its refusals.

    `lost`: what is said when the kept bytes are gone.
    """

    code: str
    types: frozenset[str]
    other: Said
    too_large: Said
    lost: Said


@dataclass(frozen=True)
class Kept:
    """What was kept: as it is given out, `size` in bytes, and its digest as it came."""

    sha256: str
    came: str
    media_type: str
    size: int

    @property
    def handed_in(self) -> str | None:
        """Return the digest of the original, where it is another."""
        return None if self.came == self.sha256 else self.came


async def kept(store: ObjectStore, file: UploadFile, taking: Taking) -> Kept:
    """Keep a file that was handed in; raises 413 and 415."""
    content, media_type = await _content(file, taking)
    shown = await asyncio.to_thread(_shown, content, media_type, taking)
    came = await asyncio.to_thread(store.keep, content)
    digest = await asyncio.to_thread(store.keep, shown)
    return Kept(digest, came, media_type, len(shown))


async def given(
    store: ObjectStore, name: str, digest: str, media_type: str, taking: Taking
) -> Response:
    """Give bytes out as an attachment that no browser opens in our name; raises 404."""
    try:
        content = await asyncio.to_thread(store.read, digest)
    except ObjectLost:
        code = f"{taking.code}-lost"
        raise RuleProblem(code, taking.lost, KINDS["not-found"]) from None
    named = f"{name}-{digest[:12]}.{SUFFIXES[media_type]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{named}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(content, headers=headers, media_type=media_type)


async def _content(file: UploadFile, taking: Taking) -> tuple[bytes, str]:
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        code, kind = f"{taking.code}-too-large", KINDS["body-too-large"]
        raise RuleProblem(code, taking.too_large, kind)
    media_type = sniffed(content)
    if media_type not in taking.types or media_type is None:
        raise RuleProblem(f"{taking.code}-type", taking.other, KINDS["media-type"])
    return content, media_type


def _shown(content: bytes, media_type: str, taking: Taking) -> bytes:
    """Return what is given out: a picture drawn anew, everything else as it came."""
    if media_type not in FORMATS:
        return content
    try:
        return drawn_anew(content, media_type)
    except PictureBroken:
        code = f"{taking.code}-type"
        raise RuleProblem(code, BROKEN, KINDS["media-type"]) from None
    except PictureTooLarge:
        code, kind = f"{taking.code}-too-large", KINDS["body-too-large"]
        raise RuleProblem(code, TOO_MANY, kind) from None
