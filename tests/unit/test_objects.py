"""Objects: sealed under keys of their own; pictures drawn anew, without notes."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from PIL import Image

from libs.objects import ObjectKeys, ObjectLost, ObjectStore
from libs.pictures import (
    MOST_PIXELS,
    PictureBroken,
    PictureTooLarge,
    drawn_anew,
)
from tests.unit.pictures import CAME, DIGEST, FIRST, PDF, PLACE, PNG, picture

TWINS = 4


def test_the_same_bytes_are_kept_once_and_changed_ones_are_no_evidence(
    tmp_path: Path,
) -> None:
    store = ObjectStore(tmp_path, FIRST)
    assert store.keep(PNG) == store.keep(PNG) == DIGEST
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [DIGEST]
    assert files[0].stat().st_mode & 0o077 == 0
    assert store.read(DIGEST) == PNG
    whole = files[0].read_bytes()
    for changed in (PDF, whole[:-1], whole[:40], whole[:-1] + b"?"):
        files[0].write_bytes(changed)
        with pytest.raises(ObjectLost):
            store.read(DIGEST)
    with pytest.raises(ObjectLost):
        store.read("0" * 64)


def test_evidence_lies_sealed_under_a_key_of_its_own(tmp_path: Path) -> None:
    store, twin = (ObjectStore(tmp_path / name, FIRST) for name in "ab")
    store.keep(PNG)
    twin.keep(PNG)
    kept, other = (one.folder / DIGEST[:2] / DIGEST for one in (store, twin))
    assert PNG not in kept.read_bytes() != other.read_bytes()
    # A sealed file under another name opens for nobody: it is bound to its digest.
    moved = store.folder / "00" / ("0" * 64)
    moved.parent.mkdir()
    kept.rename(moved)
    with pytest.raises(ObjectLost):
        store.read("0" * 64)


def test_a_retired_key_still_opens_until_all_is_under_the_new_one(
    tmp_path: Path,
) -> None:
    ObjectStore(tmp_path, FIRST).keep(PNG)
    plain = tmp_path / sha256(PDF).hexdigest()[:2] / sha256(PDF).hexdigest()
    plain.parent.mkdir()
    plain.write_bytes(PDF)  # as it lay before evidence was sealed
    both = ObjectStore(tmp_path, ObjectKeys.of(b"2" * 32, [b"1" * 32]))
    assert (both.read(DIGEST), both.read(plain.name)) == (PNG, PDF)
    assert (both.left(), both.rewrap(), both.left(), both.rewrap()) == (2, 2, 0, 0)
    only = ObjectStore(tmp_path, ObjectKeys.of(b"2" * 32))
    assert (only.read(DIGEST), only.read(plain.name)) == (PNG, PDF)
    assert PDF not in plain.read_bytes()


def test_what_an_unknown_key_holds_is_left_as_it_is(tmp_path: Path) -> None:
    ObjectStore(tmp_path, FIRST).keep(PNG)
    stranger = ObjectStore(tmp_path, ObjectKeys.of(b"3" * 32))
    with pytest.raises(ObjectLost):
        stranger.read(DIGEST)
    assert (stranger.rewrap(), stranger.left()) == (0, 1)
    assert ObjectStore(tmp_path, FIRST).read(DIGEST) == PNG


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")],
)
def test_a_picture_is_drawn_anew_upright_and_without_notes(
    form: str, mode: str
) -> None:
    came = picture(form, mode)
    shown = drawn_anew(came, f"image/{form.lower()}")
    assert PLACE.encode() in came
    with Image.open(BytesIO(shown)) as image:
        assert (image.format, image.size) == (form, (4, 8))
        assert not image.getexif()
        assert image.info.keys().isdisjoint({"exif", "xmp", "icc_profile", "comment"})
    assert drawn_anew(came, f"image/{form.lower()}") == shown


def test_a_file_behind_a_picture_does_not_come_along() -> None:
    """A polyglot: a picture for one reader, an archive for another."""
    assert b"PK\x03\x04" not in drawn_anew(CAME + b"PK\x03\x04 macros", "image/png")


def test_what_is_no_picture_and_what_unpacks_too_large_is_refused() -> None:
    with pytest.raises(PictureBroken):
        drawn_anew(CAME[:40], "image/png")
    with pytest.raises(PictureBroken):
        drawn_anew(CAME, "image/jpeg")
    bomb = BytesIO()
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(bomb, "PNG")
    with pytest.raises(PictureTooLarge):
        drawn_anew(bomb.getvalue(), "image/png")


def test_twins_that_keep_the_same_bytes_at_once_leave_one_whole_object(
    tmp_path: Path,
) -> None:
    store, together = ObjectStore(tmp_path, FIRST), Barrier(TWINS)

    def keep(content: bytes) -> str:
        together.wait()
        return store.keep(content)

    for turn in range(20):
        content = PNG + bytes([turn]) * 200_000
        with ThreadPoolExecutor(TWINS) as twins:
            [digest] = set(twins.map(keep, [content] * TWINS))
        assert store.read(digest) == content
