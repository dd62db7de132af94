"""The catalogue and the AsyncAPI document say what the code and the records say."""

from dataclasses import replace
from uuid import uuid4

import orjson
import pytest
from jsonschema import Draft202012Validator

from deploy.local import topics
from libs.events import registry
from libs.events.audit import seal
from libs.events.catalogue import words
from libs.events.catalogue.asyncapi import document, within
from libs.events.catalogue.entries import PUBLISHED, entries
from libs.events.catalogue.fields import fields
from libs.events.catalogue.headers import HEADERS, headers_schema
from libs.events.catalogue.others import SEAL
from libs.events.catalogue.schemas import all_schemas
from libs.events.event import Event
from libs.events.stream.envelope import NAMES, to_record
from tests.contract import published
from tests.contract.frozen import (
    Said,
    everything_said,
    from_json,
    schema_of,
    without_prose,
)

SAID = {said.label: said for said in everything_said()}
HOW = "run `python -m tests.contract.published` and commit what it writes"
BASE = "https://events.example"


def label_of(said: Said) -> str:
    """Return a type's label without its service."""
    return registry.label(said.type.name, said.type.schema_version)


def test_consumers_and_examples_are_those_of_the_declarations() -> None:
    assert PUBLISHED.read_bytes() == published.published(), HOW


def test_the_document_in_the_repository_is_the_one_that_is_served() -> None:
    assert published.ASYNCAPI.read_bytes() == published.asyncapi(), HOW


@pytest.mark.parametrize("label", SAID)
def test_a_record_keeps_the_schemas_of_its_headers_and_its_value(label: str) -> None:
    said = SAID[label]
    stored = from_json(said.stored_file.read_bytes())
    row = replace(
        stored,
        service="intake" if stored.service == registry.EVERY else stored.service,
        serial="X-1",
        causation_id=uuid4(),
        traceparent="00-a-b-01",
    )
    key, value, headers = to_record(row, 5, BASE)
    texts = {name: text.decode() for name, text in headers}
    assert key.decode() == texts["ce_partitionkey"]
    assert set(texts) == {header.name for header in HEADERS}
    Draft202012Validator(headers_schema()).validate(texts)
    schema = all_schemas()[texts["ce_dataschema"].split("/")[-1].removesuffix(".json")]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(orjson.loads(value))


def test_the_headers_are_those_that_are_read_and_two_for_others() -> None:
    names = {header.name for header in HEADERS}
    assert names - NAMES == {"content-type", "ce_dataschema"}
    assert names > NAMES
    needed = {header.name for header in HEADERS if header.required}
    _, _, headers = to_record(
        replace(
            from_json(SAID["routing.CaseOpened.v1"].stored_file.read_bytes()),
            occurred_at=None,
        ),
        0,
    )
    assert needed == {name for name, _ in headers}


@pytest.fixture(scope="module")
def held() -> dict[str, object]:
    """The document's schemas, without prose."""
    schemas: dict[str, object] = without_prose(document()["components"]["schemas"])
    return schemas


@pytest.mark.parametrize("label", SAID)
def test_the_document_holds_the_promised_schema(
    label: str, held: dict[str, object]
) -> None:
    said = SAID[label]
    promised = schema_of(said.type)
    name = label_of(said)
    assert without_prose(dict(all_schemas()[name])) == promised
    parts = promised.pop("$defs", {})
    assert held[name] == within(name, promised)
    for part, schema in parts.items():
        assert held[f"{name}.{part}"] == within(name, schema)


def test_the_channels_are_the_topics_of_a_deployment() -> None:
    declared = {
        topic.name: (topic.partitions, dict(topic.settings))
        for topic in topics.declared()
    }
    said = {}
    for channel in document()["channels"].values():
        kafka = channel["bindings"]["kafka"]
        kept = kafka["topicConfiguration"]
        settings = {"cleanup.policy": kept["cleanup.policy"][0]}
        if "retention.ms" in kept:
            settings["retention.ms"] = str(kept["retention.ms"])
        said[channel["address"]] = (kafka["partitions"], settings)
    assert said == declared


def test_a_seal_is_described_field_by_field() -> None:
    assert set(SEAL["properties"]) == seal.NAMES


def test_every_event_has_a_message_for_each_service_that_says_it() -> None:
    messages = document()["components"]["messages"]
    kinds = {message["name"] for message in messages.values()}
    for entry in entries().values():
        assert set(entry.types) <= kinds
        assert all(version.example for version in entry.versions)


class Wordless(Event, name="CaseOpened", version=9):
    """An event whose field nobody explained."""

    nobody_explained_this: int


def test_a_field_or_a_version_without_words_is_refused() -> None:
    with pytest.raises(words.Wordless, match="nobody_explained_this"):
        fields(Wordless)
    with pytest.raises(words.Wordless, match=r"CaseOpened\.v9"):
        words.change_of("CaseOpened", 9)


def test_what_names_a_person_is_classed_so() -> None:
    classes = {name: entry.personal for name, entry in entries().items()}
    assert classes["WagesPaid"] == "pseudonymous"
    assert classes["CaseOpened"] == "traceable"
    assert classes["CampaignOpened"] == "none"


def test_who_reacts_is_said() -> None:
    paid = {(c.service, c.kind, c.name) for c in entries()["WagesPaid"].consumers}
    assert ("enforcement", "reaction", "check-orders") in paid
    assert ("reporting", "register", "money_fact") in paid
