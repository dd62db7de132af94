"""Stored text becomes its event in the newest words, whatever is new or unknown."""

from types import ModuleType
from uuid import UUID

import orjson
import pytest
from pydantic import ValidationError

from libs.events import registry
from libs.events.contracts.enforcement import ClaimListed, WagesPaid
from libs.events.event import Event, Fields

CASE, CLAIM = UUID(int=1), UUID(int=2)
LISTED = ClaimListed(case_id=CASE, claim_id=CLAIM)


class Place(Fields):
    """Of a vocabulary of this test only."""

    unit: str


class Moved(Event, name="Moved", version=3):
    """Of a vocabulary of this test only."""

    place: Place
    hop: int


class MovedV2(Event, name="Moved", version=2):
    """Of a vocabulary of this test only."""

    place: Place

    def upgrade(self) -> Event:
        return Moved(place=self.place, hop=1)


class MovedV1(Event, name="Moved", version=1):
    """Of a vocabulary of this test only."""

    unit: str

    def upgrade(self) -> Event:
        return MovedV2(place=Place(unit=self.unit))


def _module(name: str, *types: type[Event]) -> ModuleType:
    module = ModuleType(name)
    for event_type in types:
        setattr(module, event_type.__qualname__, event_type)
    return module


def _read(version: int, data: str) -> Event:
    module = _module(__name__, Moved, MovedV1, MovedV2)
    known = registry.collect({"routing": (module,)})
    return registry.read(known, ("Moved", version), data)


def test_what_was_written_is_read_again() -> None:
    assert registry.load("ClaimListed", 1, LISTED.model_dump_json()) == LISTED


def test_fields_of_a_newer_writer_are_left_out_at_any_depth() -> None:
    data = '{"place": {"unit": "a", "floor": 3}, "hop": 2, "weather": "rain"}'
    assert _read(3, data) == Moved(place=Place(unit="a"), hop=2)


def test_writing_is_strict() -> None:
    with pytest.raises(ValidationError):
        ClaimListed.model_validate({**LISTED.model_dump(), "weather": "rain"})


def test_every_old_version_is_read_in_the_newest_words() -> None:
    newest = Moved(place=Place(unit="a"), hop=1)
    assert _read(1, '{"unit": "a"}') == newest
    assert _read(2, '{"place": {"unit": "a"}}') == newest


def test_a_name_that_nobody_handles_is_told_from_a_version_nobody_knows() -> None:
    with pytest.raises(registry.UnknownType):
        registry.load("WeatherChanged", 1, "{}")
    with pytest.raises(registry.UnknownVersion):
        registry.load("ClaimListed", 99, "{}")


def test_what_is_no_such_event_is_refused_without_showing_it() -> None:
    with pytest.raises(ValidationError) as refused:
        registry.load("ClaimListed", 1, '{"case_id": "a secret"}')
    assert "a secret" not in str(refused.value)


def test_an_event_name_belongs_to_one_service() -> None:
    module = _module(__name__, Moved)
    with pytest.raises(ValueError, match="routing and by intake"):
        registry.collect({"routing": (module,), "intake": (_module(__name__, Moved),)})


def test_a_version_is_defined_once() -> None:
    class Again(Event, name="Moved", version=3):
        unit: str

    with pytest.raises(ValueError, match="twice"):
        registry.collect({"routing": (_module(__name__, Moved, Again),)})


def test_the_four_vocabularies_have_no_name_in_common() -> None:
    everything = registry.collect(registry.VOCABULARIES)
    assert everything["WagesPaid", 1] is WagesPaid
    assert registry.service_of("WagesPaid") == "enforcement"
    with pytest.raises(registry.UnknownType):
        registry.service_of("WeatherChanged")


def test_types_are_named_for_cloud_events() -> None:
    assert registry.ce_type("routing", "Moved", 2) == "qingxin.routing.Moved.v2"


def test_a_schema_says_its_dialect_and_is_plain_json() -> None:
    schema = orjson.loads(orjson.dumps(registry.json_schema(WagesPaid)))
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False
