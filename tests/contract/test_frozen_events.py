"""No event changes silently: schemas are frozen, and old rows are read for ever."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from libs.events import registry
from libs.events.event import Event
from libs.events.journal.chain import leaf_of
from tests.contract import frozen
from tests.contract.frozen import (
    FOLDER,
    Said,
    breaks,
    everything_said,
    from_json,
    schema_of,
)

ALL = {said.label: said for said in everything_said()}
UPGRADED: dict[str, dict[str, Any]] = {
    "routing.CaseTransferred.v1": {
        "case_id": "00000000-0000-5000-8000-000000000001",
        "transfer_id": "00000000-0000-5000-8000-000000000002",
        "from_unit": "code-3",
        "to_unit": "code-4",
        "hop": 5,
        "reason": None,
        "article": None,
    }
}
"""What the stored row of each older version says in the newest one, value by value."""
HOW = "run `python -m tests.contract.frozen` and commit what it writes"


@pytest.mark.parametrize("label", ALL)
def test_a_schema_is_what_was_promised(label: str) -> None:
    said = ALL[label]
    assert said.schema_file.exists(), f"{label} is new: {HOW}"
    promised = orjson.loads(said.schema_file.read_bytes())
    now = schema_of(said.type)
    assert now == promised, breaks(promised, now) or f"{label} grew: {HOW}"


@pytest.mark.parametrize("label", ALL)
def test_a_row_stored_once_is_read_for_ever(label: str) -> None:
    said = ALL[label]
    row = from_json(said.stored_file.read_bytes())
    assert leaf_of(row) == row.leaf, "a frozen row was edited"
    event = registry.load(row.type, row.schema_version, row.data)
    newest = max(
        v for name, v in registry.event_types(said.service) if name == row.type
    )
    assert (event.name, event.schema_version) == (said.type.name, newest)
    written = orjson.loads(event.model_dump_json())
    if newest == said.type.schema_version:
        assert _holds(written, orjson.loads(row.data))
    else:
        assert written == UPGRADED[label], f"{label} is read with other values"


def _holds(now: Any, then: Any) -> bool:
    """Say whether nothing of what was stored is lost; optional fields may be new."""
    match then:
        case dict():
            return all(key in now and _holds(now[key], then[key]) for key in then)
        case list():
            return len(now) == len(then) and all(map(_holds, now, then))
        case _:
            return bool(now == then)


@pytest.mark.parametrize("folder", ["schemas", "stored"])
def test_no_frozen_event_has_vanished(folder: str) -> None:
    files = {path.stem for path in (FOLDER / folder).glob("*.json")}
    assert files == set(ALL), f"an event that was said is not known any more: {folder}"


class Moved(Event, name="Moved"):
    """An event of no service."""

    unit: str


class _Grown(Event, name="Moved"):
    unit: str
    reason: str | None = None


class _Demanding(Event, name="Moved"):
    unit: str
    reason: str


class _Renamed(Event, name="Moved"):
    office: str


class _Retyped(Event, name="Moved"):
    unit: int


def _schema(event_type: type[Event]) -> dict[str, object]:
    return {**schema_of(event_type), "title": "Moved"}


def test_a_schema_may_grow_by_an_optional_field() -> None:
    assert breaks(_schema(Moved), _schema(_Grown)) is None


@pytest.mark.parametrize(
    ("changed", "where"),
    [(_Demanding, "required"), (_Renamed, "required"), (_Retyped, "unit")],
)
def test_any_other_change_is_a_new_version(changed: type[Event], where: str) -> None:
    assert breaks(_schema(Moved), _schema(changed)) == where


def test_a_part_of_an_event_may_not_change_either() -> None:
    said = ALL["enforcement.WagesPaid.v1"]
    now, before = schema_of(said.type), schema_of(said.type)
    before["$defs"]["Money"]["properties"]["minor"]["type"] = "number"
    assert breaks(before, now) == "Money.minor"
    assert breaks({**before, "$defs": {"Gone": {}}}, now) == "Gone is gone"


def test_freezing_refuses_a_silent_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "stored").mkdir()
    monkeypatch.setattr(frozen, "FOLDER", tmp_path)
    assert frozen.freeze(Said("routing", Moved)) is None
    Changed = type("Moved", (_Renamed,), {}, name="Moved")  # noqa: N806 -- a class.
    complaint = frozen.freeze(Said("routing", Changed))
    assert (
        complaint == "routing.Moved.v1: required changed. Give the event a new version."
    )
    assert frozen.freeze(Said("routing", Changed), unreleased=True) is None
