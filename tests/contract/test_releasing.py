"""What was released is kept: each set that stands refuses a breaking change."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.contract import releasing
from tests.contract.releasing import SETS, broken, edited, release, sets

ALL = sets(SETS)
LABEL = "enforcement.WagesPaid.v1"


def promised() -> dict[str, Any]:
    """Return what is said now, as somebody's own copy."""
    return copy.deepcopy(dict(releasing.now()))


def test_something_was_released() -> None:
    assert ALL


@pytest.mark.parametrize("name", ALL)
def test_what_is_said_now_keeps_what_was_released(name: str) -> None:
    assert list(broken(orjson.loads(ALL[name]), releasing.now())) == []


def test_no_released_set_was_edited() -> None:
    assert edited(SETS) == []


def gone(said: dict[str, Any]) -> None:
    del said[LABEL]


def required(said: dict[str, Any]) -> None:
    said[LABEL]["properties"]["purpose"] = {"type": "string"}
    said[LABEL]["required"].append("purpose")


def renamed(said: dict[str, Any]) -> None:
    fields = said[LABEL]["properties"]
    fields["sum"] = fields.pop("amount")


def retyped(said: dict[str, Any]) -> None:
    said[LABEL]["properties"]["history"] = {"type": "string"}


def narrowed(said: dict[str, Any]) -> None:
    said[LABEL]["properties"]["payer"]["enum"].pop()


def widened(said: dict[str, Any]) -> None:
    # A reader with a switch over the codes would meet one that it does not know.
    said[LABEL]["properties"]["payer"]["enum"].append("insurer")


def of_a_part(said: dict[str, Any]) -> None:
    said[LABEL]["$defs"]["Money"]["properties"]["minor"] = {"type": "number"}


BREAKING = {
    gone: "is gone",
    required: "required changed",
    renamed: "amount changed",
    retyped: "history changed",
    narrowed: "payer changed",
    widened: "payer changed",
    of_a_part: "Money.minor changed",
}


@pytest.mark.parametrize(
    ("change", "told"), BREAKING.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_a_breaking_change_is_refused(change: Any, told: str) -> None:
    later = promised()
    change(later)
    (complaint,) = broken(releasing.now(), later)
    assert complaint.startswith(LABEL)
    assert told in complaint


def test_an_optional_field_a_new_version_and_a_new_event_break_nothing() -> None:
    later = promised()
    later[LABEL]["properties"]["purpose"] = {"type": "string", "default": ""}
    later["enforcement.WagesPaid.v2"] = later[LABEL]
    later["enforcement.WagesFound.v1"] = later[LABEL]
    assert list(broken(releasing.now(), later)) == []


def test_a_set_is_released_once_and_an_edit_is_seen(tmp_path: Path) -> None:
    assert release("1.0.0", tmp_path) is None
    assert edited(tmp_path) == []
    assert "released already" in str(release("1.0.0", tmp_path))
    assert release("1.0.1", tmp_path, [LABEL]) is None
    assert LABEL not in orjson.loads((tmp_path / "1.0.1.json").read_bytes())
    path = tmp_path / "1.0.0.json"
    held = orjson.loads(path.read_bytes())
    del held[LABEL]["properties"]["history"]
    path.write_bytes(orjson.dumps(held))
    assert edited(tmp_path) == ["1.0.0"]
    path.unlink()
    assert edited(tmp_path) == ["1.0.0"]
