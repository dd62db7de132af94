"""Settings: keys are read as text, retired ones with commas between them."""

from base64 import b64encode
from pathlib import Path

import pytest

from deploy.local.settings import OUTLETS
from libs.settings import Settings, SettingsRefused, read

KEY = {name: b64encode(name.encode() * 32).decode() for name in "abcd"}
TOLD = {
    "SITE": "310199000000",
    "DATABASE": "postgresql://x",
    "KAFKA": "127.0.0.1:1",
    "PORT": "1",
    "ISSUER": "https://issuer.test.invalid",
    "JWKS_URL": "https://issuer.test.invalid/jwks.json",
    "DOOR_KEY": KEY["d"],
}


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**TOLD, "OBJECTS": str(tmp_path)}.items():
        monkeypatch.setenv(f"QINGXIN_{name}", value)


def test_no_retired_key_is_none_and_several_have_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read().retired_master_keys == ()
    monkeypatch.setenv("QINGXIN_RETIRED_MASTER_KEYS", "")
    assert read().retired_master_keys == ()
    monkeypatch.setenv("QINGXIN_RETIRED_MASTER_KEYS", f"{KEY['a']}, {KEY['b']}")
    assert read().retired_master_keys == (b"a" * 32, b"b" * 32)


def test_a_retired_key_that_is_too_short_is_refused_without_saying_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QINGXIN_RETIRED_MASTER_KEYS", f"{KEY['a']},c2hvcnQ=")
    with pytest.raises(SettingsRefused, match="RETIRED_MASTER_KEYS") as refused:
        read()
    assert "c2hvcnQ" not in str(refused.value)


def test_a_local_system_hands_on_whatever_messages_leave_by() -> None:
    known = [one for one in Settings.model_fields if one.startswith(("sms_", "smtp_"))]
    more = ("mail_from", "worker_address")
    assert {f"QINGXIN_{one.upper()}" for one in (*known, *more)} == OUTLETS
