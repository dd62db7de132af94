"""Photos of patrols (F-2.1.2b): kept by digest, without their notes, as attachments."""

import asyncio
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from libs.events.command import Command, Stamp
from libs.events.decider import NotVisible, NotYours, Rule
from libs.events.event import Event
from libs.events.perform import Done
from libs.objects import ObjectStore
from libs.web.app import make_app
from libs.web.attachments import MOST_BYTES, UPLOAD_BYTES
from libs.web.callers import Officer
from libs.web.guards import Caps
from services.intake import patrols
from services.intake.patrols import KIND, AddPatrolPhoto
from services.intake.routes import patrol_photos as door
from tests.unit.duty_scenes import PATROL, found, patrolled, pictured
from tests.unit.offices import by
from tests.unit.pictures import CAME, DIGEST, FIRST, PDF, PLACE, PNG
from tests.unit.web_door import OFFICERS, bearer, client, settings, token

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in patrols.RULES}
(ADD,) = (RULE[AddPatrolPhoto],)
STREAM = KIND.stream(PATROL)
PHOTOS = f"/v1/patrols/{PATROL}/photos"
OFFICERS |= {
    "r1-01": Officer("r1-01", "grid", "R1"),
    "r2-01": Officer("r2-01", "grid", "R2"),
    "db-01": Officer("db-01", "brigade", "DB"),
    "au-02": Officer("au-02", "auditor", "AU"),
    "op-01": Officer("op-01", "operator", "LG"),
}


def adding(digest: str = DIGEST, came: str | None = None) -> AddPatrolPhoto:
    return AddPatrolPhoto(
        patrol_id=PATROL,
        sha256=digest,
        media_type="image/png",
        size=len(PNG),
        handed_in=came,
    )


def test_the_unit_that_goes_adds_a_photo_before_or_after_it_says_what_it_found() -> (
    None
):
    patrolled("R1").when(ADD, adding(), by("R1")).then(pictured("R1"))
    patrolled("R1", found("R1")).when(ADD, adding(), by("R1")).then(pictured("R1"))
    refused = patrolled("R1").when(ADD, adding(), by("R2")).refusal
    assert isinstance(refused, NotVisible)
    watching = patrolled("R1").when(ADD, adding(), by("LG")).refusal
    assert isinstance(watching, NotYours)


def test_the_same_photo_is_added_once_however_it_was_drawn() -> None:
    held = patrolled("R1", pictured("R1"))
    held.when(ADD, adding(), by("R1")).then_nothing()
    first = pictured("R1").model_copy(update={"handed_in": "a" * 64})
    again = adding("b" * 64, came="a" * 64)
    patrolled("R1", first).when(ADD, again, by("R1")).then_nothing()


def test_a_patrol_has_so_many_photos_and_no_more() -> None:
    many: list[Event] = [
        pictured("R1").model_copy(update={"sha256": f"{number:064x}"})
        for number in range(patrols.MOST_PHOTOS)
    ]
    patrolled("R1", *many).when(ADD, adding(), by("R1")).then_rejected("photos-full")


class Desk:
    """A desk over one patrol's stream: what the door asks of a log."""

    service = "intake"

    def __init__(self) -> None:
        self.added: list[Event] = []
        self.log = SimpleNamespace(journal=self)

    async def read_streams(self, names: list[str]) -> dict[str, list[Any]]:
        planned = list(patrolled("R1").streams[STREAM][1])
        return {
            name: [
                SimpleNamespace(
                    fact=lambda fact=fact: fact,
                    type=type(fact).__name__,
                    recorded_at=by("R1").at,
                )
                for fact in (*planned, *self.added)
            ]
            for name in names
        }

    async def now(self) -> Any:
        return by("R1").at

    async def do(self, command: Command, stamp: Stamp) -> Done:
        outcome = patrolled("R1", *self.added).when(ADD, command, stamp)
        self.added.extend(outcome.events)
        appended: Any = SimpleNamespace(events=())
        return Done(appended, repeated=False, answer={})


def application(folder: Path) -> FastAPI:
    told = SimpleNamespace(objects=folder, master_key=b"1" * 32, retired_master_keys=())
    window: Any = SimpleNamespace(desk=Desk(), running=SimpleNamespace(settings=told))
    caps = Caps(uploads={"/v1/patrols/": UPLOAD_BYTES})
    made: FastAPI = make_app(settings(caps=caps), (door.router(window),))
    return made


async def handed(
    http: httpx.AsyncClient, content: bytes, subject: str = "r1-01", key: str = "a"
) -> httpx.Response:
    headers = bearer(token(sub=subject)) | {"Idempotency-Key": key * 20}
    files = {"file": ("site.html", content, "text/html")}
    return await http.post(PHOTOS, files=files, headers=headers)


async def test_a_photo_is_given_out_without_where_it_was_taken(tmp_path: Path) -> None:
    async with client(application(tmp_path)) as http:
        answer = await handed(http, CAME)
        assert (answer.status_code, answer.json()["sha256"]) == (201, DIGEST)
        mine, watching = bearer(token(sub="r1-01")), bearer(token(sub="db-01"))
        given = await http.get(answer.headers["location"], headers=mine)
        listed = await http.get(PHOTOS, headers=watching)
        path = f"{PHOTOS}/{DIGEST}/handed-in"
        original = await http.get(path, headers=watching)
        refused = await http.get(path, headers=mine)
    assert given.content == PNG
    assert PLACE.encode() not in given.content
    assert given.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in given.headers["content-security-policy"]
    (line,) = listed.json()["items"]
    assert (line["unit"], line["handed_in"]) == ("R1", sha256(CAME).hexdigest())
    assert PLACE.encode() in original.content == CAME
    assert refused.status_code == 403


async def test_only_pictures_are_taken_each_refusal_a_sentence(tmp_path: Path) -> None:
    async with client(application(tmp_path)) as http:
        paper = await handed(http, PDF)
        page = await handed(http, b"<html>", key="b")
        large = await handed(http, PNG + bytes(MOST_BYTES), key="c")
        torn = await handed(http, CAME[:40], key="d")
    assert [(one.status_code, one.json()["code"]) for one in (paper, page, torn)] == [
        (415, "photo-type")
    ] * 3
    assert (large.status_code, large.json()["code"]) == (413, "photo-too-large")
    assert "照片" in paper.json()["detail"]
    assert await asyncio.to_thread(lambda: list(tmp_path.rglob("*"))) == []


async def test_another_units_patrol_is_not_there_and_an_auditor_sees_no_photo(
    tmp_path: Path,
) -> None:
    async with client(application(tmp_path)) as http:
        assert (await handed(http, PNG, "r2-01")).status_code == 404
        await handed(http, PNG)
        other = bearer(token(sub="r2-01"))
        unseen = await http.get(f"{PHOTOS}/{DIGEST}", headers=other)
        auditor = await http.get(PHOTOS, headers=bearer(token(sub="au-02")))
        missing = await http.get(
            f"{PHOTOS}/{'0' * 64}", headers=bearer(token(sub="r1-01"))
        )
    assert (unseen.status_code, auditor.status_code) == (404, 403)
    assert missing.status_code == 404


async def test_photos_lie_sealed_under_the_masters_key(tmp_path: Path) -> None:
    async with client(application(tmp_path)) as http:
        await handed(http, PNG)
    files = await asyncio.to_thread(
        lambda: [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    )
    assert len(files) == 1
    assert PNG not in files[0]
    assert ObjectStore(tmp_path / "patrols", FIRST).read(DIGEST) == PNG
