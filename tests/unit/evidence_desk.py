"""Evidence's door over lists of events: a desk, its application, and who hands in."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from libs.events.command import Command, Stamp
from libs.events.event import Event
from libs.events.perform import Done
from libs.web.app import make_app
from libs.web.attachments import UPLOAD_BYTES
from libs.web.callers import Officer
from libs.web.guards import Caps
from services.enforcement import evidence, known
from services.enforcement import evidence_door as door
from services.enforcement.evidence import AddEvidence
from tests.unit.matters import CASE, held
from tests.unit.offices import by
from tests.unit.pictures import DIGEST, PNG
from tests.unit.web_door import OFFICERS, bearer, settings, token

(ADD,) = evidence.RULES
OFFICERS |= {
    "li-01": Officer("li-01", "inspection", "LI"),
    "do-01": Officer("do-01", "development", "DO"),
    "au-02": Officer("au-02", "auditor", "AU"),
    "op-01": Officer("op-01", "operator", "LG"),
}


def adding(digest: str = DIGEST) -> AddEvidence:
    said = {"kind": "photo", "media_type": "image/png", "size": len(PNG)}
    return AddEvidence.model_validate({"case_id": CASE, "sha256": digest, **said})


class Desk:
    """A desk over lists of events: what the door asks of a log."""

    service = "enforcement"

    def __init__(self) -> None:
        start = held()
        self.events: dict[str, list[Event]] = {
            known.KIND.stream(CASE): list(start.streams[known.KIND.stream(CASE)][1])
        }
        self.log = SimpleNamespace(journal=self)

    async def read_streams(self, names: list[str]) -> dict[str, list[Any]]:
        return {
            name: [
                SimpleNamespace(
                    fact=lambda fact=fact: fact,
                    actor=by("LI").actor,
                    recorded_at=by("LI").at,
                )
                for fact in self.events.get(name, [])
            ]
            for name in names
        }

    async def now(self) -> Any:
        return by("LI").at

    async def do(self, command: Command, stamp: Stamp) -> Done:
        story = held().given(evidence.KIND, CASE, *self.events.get(STREAM, []))
        outcome = story.when(ADD, command, stamp)
        self.events.setdefault(STREAM, []).extend(outcome.events)
        appended: Any = SimpleNamespace(events=())
        return Done(appended, repeated=False, answer={})


STREAM = evidence.KIND.stream(CASE)


def application(folder: Path, kept: Any = None, desk: Desk | None = None) -> FastAPI:
    kept = kept or SimpleNamespace(
        objects=folder, object_key=b"1" * 32, retired_object_keys=()
    )
    running: Any = SimpleNamespace(desk=desk or Desk(), settings=kept)
    caps = Caps(uploads={"/v1/evidence": UPLOAD_BYTES})
    made: FastAPI = make_app(settings(caps=caps), door.routers(running))
    return made


async def handed(
    http: httpx.AsyncClient, content: bytes, subject: str = "li-01", key: str = "a"
) -> httpx.Response:
    headers = bearer(token(sub=subject)) | {"Idempotency-Key": key * 20}
    form = {"case_id": str(CASE), "kind": "photo"}
    files = {"file": ("order.html", content, "text/html")}
    return await http.post("/v1/evidence", data=form, files=files, headers=headers)
