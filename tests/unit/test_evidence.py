"""Evidence: kept by its digest, known by its bytes, given out as an attachment."""

import asyncio
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.contracts.evidence import EvidenceHandedInAgain
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Event
from libs.events.testing import Given
from libs.objects import ObjectKeys, ObjectStore, sniffed
from libs.web.attachments import MOST_BYTES
from services.enforcement import evidence
from tests.unit.evidence_desk import ADD, STREAM, adding, application, handed
from tests.unit.matters import CASE, held, noted
from tests.unit.offices import by
from tests.unit.pictures import CAME, DIGEST, FIRST, PDF, PLACE, PNG
from tests.unit.web_door import bearer, client, token


def added() -> EvidenceAdded:
    return EvidenceAdded.model_validate(adding().model_dump())


def test_who_handles_the_case_adds_evidence_and_the_same_is_told_f_2_2_3d() -> None:
    story = held().given(evidence.KIND, CASE)
    outcome = story.when(ADD, adding(), by("LI"))
    outcome.then(added())
    assert outcome.new[0].partition_key == str(CASE)
    again = EvidenceHandedInAgain(case_id=CASE, kind="photo", sha256=DIGEST)
    once_more = story.given(evidence.KIND, CASE, added())
    assert once_more.when(ADD, adding(), by("LI")).then(again).new[0].stream == STREAM


def test_nobody_elses_case_gets_evidence() -> None:
    story = held().given(evidence.KIND, CASE)
    assert isinstance(story.when(ADD, adding(), by("LC")).refusal, NotYours)
    assert isinstance(story.when(ADD, adding(), by("DO")).refusal, NotVisible)


def test_a_closed_case_still_takes_evidence() -> None:
    """What proves a payment may come when all is over."""
    story = held(noted("closed")).given(evidence.KIND, CASE)
    story.when(ADD, adding(), by("LI")).then_says("EvidenceAdded")


def test_a_case_has_so_many_pieces_and_no_more() -> None:
    many: list[Event] = [
        added().model_copy(update={"sha256": f"{number:064x}"})
        for number in range(evidence.MOST)
    ]
    story: Given = held().given(evidence.KIND, CASE, *many)
    story.when(ADD, adding(), by("LI")).then_rejected("evidence-full")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PNG, "image/png"),
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0 a photo", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"", None),
        (b"AAAA\x00\x00\x00\x00WEBP", None),
        (b"<html><script>", None),
        (b"PK\x03\x04 a workbook with macros", None),
        (b" %PDF-1.7", None),
    ],
)
def test_a_type_is_what_the_bytes_show(content: bytes, found: str | None) -> None:
    assert sniffed(content) == found


async def test_what_is_handed_in_is_given_out_as_an_attachment(
    tmp_path: Path,
) -> None:
    async with client(application(tmp_path)) as http:
        answer = await handed(http, CAME)
        assert (answer.status_code, answer.json()["sha256"]) == (201, DIGEST)
        mine = bearer(token(sub="li-01"))
        given = await http.get(answer.headers["location"], headers=mine)
        listed = await http.get(f"/v1/cases/{CASE}/evidence", headers=mine)
    assert given.content == PNG
    (line,) = listed.json()["items"]
    assert line["handed_in"] == sha256(CAME).hexdigest()
    assert (line["unit"], line["added_at"][:4]) == ("LI", "2023")
    assert given.headers["content-type"] == "image/png"
    assert given.headers["content-disposition"].startswith("attachment; ")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    assert line["sha256"] == DIGEST


async def test_with_its_notes_a_photo_is_for_who_proves_the_case(
    tmp_path: Path,
) -> None:
    async with client(application(tmp_path)) as http:
        await handed(http, CAME)
        path = f"/v1/cases/{CASE}/evidence/{DIGEST}"
        mine = bearer(token(sub="li-01"))
        shown = await http.get(path, headers=mine)
        original = await http.get(f"{path}/handed-in", headers=mine)
        window = bearer(token(sub="lc-01"))
        refused = await http.get(f"{path}/handed-in", headers=window)
    assert PLACE.encode() in original.content == CAME
    assert PLACE.encode() not in shown.content
    assert refused.status_code == 403


def test_the_same_original_is_the_same_evidence_however_it_was_drawn() -> None:
    before = added().model_copy(update={"handed_in": "a" * 64})
    again = adding("b" * 64).model_copy(update={"handed_in": "a" * 64})
    story = held().given(evidence.KIND, CASE, before)
    story.when(ADD, again, by("LI")).then(
        EvidenceHandedInAgain(case_id=CASE, kind="photo", sha256=before.sha256)
    )


async def test_a_page_a_script_and_too_much_are_refused_in_a_sentence(
    tmp_path: Path,
) -> None:
    async with client(application(tmp_path)) as http:
        page = await handed(http, b"<html>")
        large = await handed(http, PNG + bytes(MOST_BYTES), key="b")
        torn = await handed(http, CAME[:40], key="d")
    assert (page.status_code, page.json()["code"]) == (415, "evidence-type")
    assert (large.status_code, large.json()["code"]) == (413, "evidence-too-large")
    assert (torn.status_code, torn.json()["code"]) == (415, "evidence-type")
    assert await asyncio.to_thread(lambda: list(tmp_path.rglob("*"))) == []


async def test_it_is_shown_to_who_may_read_it_and_sees_the_case(
    tmp_path: Path,
) -> None:
    async with client(application(tmp_path)) as http:
        await handed(http, PNG)
        stranger = await handed(http, PDF, "do-01", "c")
        path = f"/v1/cases/{CASE}/evidence/{DIGEST}"
        unseen = await http.get(path, headers=bearer(token(sub="do-01")))
        auditor = await http.get(path, headers=bearer(token(sub="au-02")))
        other = path[:-1] + ("0" if path[-1] != "0" else "1")
        missing = await http.get(other, headers=bearer(token(sub="li-01")))
    assert (stranger.status_code, unseen.status_code) == (404, 404)
    assert (auditor.status_code, missing.status_code) == (403, 404)


async def test_lost_bytes_are_told_and_no_traceback(tmp_path: Path) -> None:
    async with client(application(tmp_path)) as http:
        await handed(http, PNG)
        for path in await asyncio.to_thread(lambda: list(tmp_path.rglob(DIGEST))):
            path.unlink()
        answer = await http.get(
            f"/v1/cases/{CASE}/evidence/{DIGEST}",
            headers=bearer(token(sub="li-01")),
        )
    assert (answer.status_code, answer.json()["code"]) == (404, "evidence-lost")


async def test_the_operator_alone_brings_evidence_under_the_current_key(
    tmp_path: Path,
) -> None:
    ObjectStore(tmp_path / "evidence", ObjectKeys.of(b"0" * 32)).keep(PNG)
    old = SimpleNamespace(
        objects=tmp_path, object_key=b"1" * 32, retired_object_keys=(b"0" * 32,)
    )
    async with client(application(tmp_path, old)) as http:
        mine, operator = bearer(token(sub="li-01")), bearer(token(sub="op-01"))
        refused = await http.post("/operator/objects/rewrap", headers=mine)
        before = await http.get("/operator/objects/keys", headers=operator)
        done = await http.post("/operator/objects/rewrap", headers=operator)
    assert refused.status_code == 403
    assert before.json() == {"objects": 1, "retired": 1}
    assert done.json() == {"rewrapped": {"objects": 1}, "objects": 0, "retired": 1}
    assert ObjectStore(tmp_path / "evidence", FIRST).read(DIGEST) == PNG
