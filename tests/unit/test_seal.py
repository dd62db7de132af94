"""Seals: made the same by everyone, signed in turn, refused when a word differs."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.events.audit import signing
from libs.events.audit.seal import (
    Cut,
    Seal,
    Sealed,
    day_ends,
    follows,
    make,
    nth,
    parsed,
)
from libs.events.audit.seal_store import Folder, SealConflict
from libs.events.audit.signing import Announced, KeyRefused, Keyring

SITE = "310199000000"
LOG = Sealed("routing", SITE, b"\x01" * 32, b"\x02" * 32)
CUT = Cut(1000, datetime(2023, 11, 10, 3, tzinfo=UTC), "count")
KEY, OTHER = signing.made(), signing.made()


def announced(from_number: int = 1, why: str = "first") -> Announced:
    return Announced(SITE, "routing", from_number, why)


FIRST = signing.announcement(KEY, announced())
RING = Keyring((FIRST,))


def one(before: Seal | None = None, size: int = 1000) -> Seal:
    return make(LOG, replace(CUT, size=size), before, KEY)


def test_whoever_makes_a_seal_makes_the_same_bytes() -> None:
    assert one().text == one().text
    assert one().is_signed_by(RING)
    assert one() == parsed(one().text)


def test_a_seal_names_the_one_before_it() -> None:
    second = one(one(), 2000)
    assert follows(second, one()) is None
    assert "does not follow" in str(follows(one(), one()))
    assert "another seal" in str(follows(second, make(LOG, CUT, None, OTHER)))
    assert "no more" in str(follows(one(one()), one()))


CHANGED: dict[str, dict[str, object]] = {
    "size": {"size": 999},
    "number": {"number": 2},
    "root": {"root": "03" * 32},
    "at": {"at": "2024-11-10T03:00:00.000000+00:00"},
    "site": {"site": "320199000000"},
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_word_is_not_signed(name: str) -> None:
    said = dict(one().document)
    said[name] = (
        7
        if isinstance(said[name], int)
        else said[name]
        .replace("01", "03")
        .replace("2023", "2024")
        .replace("310", "320")
    )
    changed = parsed(signing.canonical(said))
    assert not changed.is_signed_by(RING)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        one().text + " ",
        one().text.replace("sha256", "sm3"),
        one().text.replace('"number":1', '"number":"1"'),
        one().text.replace('"why":"count"', '"why":"count","x":1'),
    ],
)
def test_what_is_no_seal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"seal|algorithms|type"):
        parsed(text)


def test_places_follow_from_the_log_alone() -> None:
    assert [nth(size, 1000) for size in (0, 999, 1000)] == [1000, 1000, 2000]
    late = datetime(2023, 11, 10, 17, tzinfo=UTC)  # One in the morning in Shanghai.
    assert day_ends(late) == datetime(2023, 11, 11, 16, tzinfo=UTC)


def test_a_rotated_key_is_vouched_for_and_signs_from_its_turn_on() -> None:
    second = signing.announcement(OTHER, announced(2, "rotated"), KEY)
    ring = Keyring((FIRST, second))
    assert ring.unvouched() == [KEY.id]
    assert one().is_signed_by(ring)
    assert make(LOG, replace(CUT, size=2000), one(), OTHER).is_signed_by(ring)
    assert not one(one(), 2000).is_signed_by(ring), "the old key's time is over"


def test_a_key_in_place_of_a_lost_one_has_nobody_to_vouch_for_it() -> None:
    second = signing.announcement(OTHER, announced(2, "lost"), KEY.id)
    assert Keyring((FIRST, second)).unvouched() == [KEY.id, OTHER.id]
    forged = {**second, "voucher": second["signature"]}
    assert Keyring((FIRST, forged)).unvouched() == [KEY.id, OTHER.id]


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "routing.pem"
    signing.keep(KEY, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing.load(path).id == KEY.id
    assert "private" not in repr(signing.load(path))
    path.chmod(0o640)
    with pytest.raises(KeyRefused, match="chmod 600"):
        signing.load(path)
    path.chmod(0o600)
    path.write_text("rust")
    with pytest.raises(KeyRefused, match="no Ed25519 key"):
        signing.load(path)
    with pytest.raises(KeyRefused, match="lost"):
        signing.load(tmp_path / "nowhere.pem")


@pytest.mark.parametrize("text", ["rust", "[1]", '[{"public_key": "00"}]'])
def test_a_damaged_list_of_keys_is_refused(tmp_path: Path, text: str) -> None:
    folder = Folder(tmp_path)
    folder.announce(RING)
    assert folder.keys() == RING
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(KeyRefused, match="no list of seal keys"):
        folder.keys()


def test_a_key_list_with_a_changed_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps([{**FIRST, "from_number": 0}]))
    with pytest.raises(KeyRefused, match="no list of seal keys"):
        Folder(tmp_path).keys()


def test_a_file_that_says_another_thing_is_left_as_evidence(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write([one()])
    folder.write([one(), one(one(), 2000)])
    assert folder.seals() == [one(), one(one(), 2000)]
    other = make(LOG, CUT, None, OTHER)
    with pytest.raises(SealConflict, match="another seal 1"):
        folder.write([other])
    (tmp_path / "seal-000001.json").write_text("{}")
    with pytest.raises(SealConflict, match="holds no seal"):
        folder.seals()
