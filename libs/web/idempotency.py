"""Repeats: the same Idempotency-Key and body is the same act, whoever retries it."""

import hmac
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Depends, Header, Request
from starlette.datastructures import UploadFile

from libs.events.command import Stamp
from libs.events.event import Actor, Source
from libs.telemetry.traceparent import (
    current_traceparent,
    span_from,
    traceparent_of,
)
from libs.web.auth import AnyCaller
from libs.web.guards import FORM, MULTIPART, is_json, media_type
from libs.web.problems import Problem

# Visible ASCII; the draft writes the key as a quoted string, most clients do not.
KEY = re.compile(r'"[\x21\x23-\x5b\x5d-\x7e]{16,255}"|[\x21\x23-\x5b\x5d-\x7e]{16,255}')
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Repeatable:
    """One act of one client: its command id and the HMAC of its request."""

    command_id: UUID
    request_hmac: bytes
    actor: Actor
    traceparent: str | None = None

    def stamp(self, at: datetime) -> Stamp:
        """Return the stamp of the command at the deployment's time `at`."""
        return Stamp(
            command_id=self.command_id,
            request_hmac=self.request_hmac,
            actor=self.actor,
            at=at,
            source=Source.DOOR,
            traceparent=self.traceparent,
        )

    def part(self, name: str) -> "Repeatable":
        """Return the same request's further command, told apart by a name."""
        return replace(self, command_id=uuid5(self.command_id, name))


def command_id(client: UUID, key: str) -> UUID:
    """Return the id of a client's act: uuid5(client, Idempotency-Key)."""
    return uuid5(client, key)


def idempotency_key(header: str | None) -> str:
    """Return the key of an Idempotency-Key header, quoted or not; raises 400."""
    if header is None or not header.strip():
        raise Problem("idempotency-key-missing")
    if not KEY.fullmatch(header.strip()):
        raise Problem("idempotency-key-malformed")
    return header.strip().strip('"')


def request_hmac(key: bytes, line: tuple[str, str], body: bytes) -> bytes:
    """Return the HMAC of method, path (`line`) and canonical body."""
    method, path = line
    head = f"{method}\0{path}\0".encode()
    return hmac.digest(key, head + sha256(body).digest(), sha256)


def canonical_json(body: bytes) -> bytes:
    """Return JSON with sorted keys and no blanks; other bytes as they are."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return body
    return json.dumps(
        parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode("utf-8", "surrogatepass")


async def repeatable(
    request: Request,
    caller: AnyCaller,
    idempotency_key_header: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A new key for each act, 16–255 visible ASCII characters; "
            "the same for every retry (a UUID).",
            examples=["018c5a5e-8b0c-7c5e-9d3e-2f6a1b4c7d8e"],
        ),
    ] = None,
) -> Repeatable:
    """Read what makes this request one act; raises 400 without a good key."""
    key = idempotency_key(idempotency_key_header)
    line = (request.method, request.url.path)
    mac = request_hmac(request.app.state.request_key, line, await _canonical(request))
    traceparent = current_traceparent() or _callers_trace(request)
    return Repeatable(command_id(caller.actor.id, key), mac, caller.actor, traceparent)


Creation = Annotated[Repeatable, Depends(repeatable)]


def _callers_trace(request: Request) -> str | None:
    span = span_from(request.headers.get("traceparent"))
    return traceparent_of(span) if span else None


async def _canonical(request: Request) -> bytes:
    kind = media_type(request.headers)
    if kind in {FORM, MULTIPART}:
        return await _canonical_form(request)
    body = await request.body()
    return canonical_json(body) if is_json(kind) else body


async def _canonical_form(request: Request) -> bytes:
    """Return the form's fields in order; a file stands for its name and SHA-256.

    Raises 422 for a NUL in a field or a file's name: multipart passes the guard unread.
    """
    rows: list[dict[str, str]] = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            digest = await _digest(value)
            row = {"name": name, "file": value.filename or "", "sha256": digest}
        else:
            row = {"name": name, "value": value}
        if any("\0" in text for text in row.values()):
            raise Problem("nul-character")
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")


async def _digest(file: UploadFile) -> str:
    digest = sha256()
    while piece := await file.read(PIECE):
        digest.update(piece)
    await file.seek(0)
    return digest.hexdigest()
