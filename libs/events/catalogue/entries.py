"""Entries: one for each event: versions, fields, key, consumers, personal data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson

from libs.events import registry
from libs.events.catalogue import schemas
from libs.events.catalogue.fields import FieldLine, fields
from libs.events.catalogue.words import Both, Change, change_of, chinese_of, stream_of
from libs.events.event import Event
from libs.events.stream.topics import SERVICES, Topics

PUBLISHED = Path(__file__).with_name("published.json")
Personal = Literal["pseudonymous", "traceable", "none"]
# Ids of matters that the vault's owner can trace to persons.
MATTERS = frozenset({"case_id", "clue_id", "claim_id", "row_id"})
ENFORCEMENT = "enforcement"


@dataclass(frozen=True)
class ConsumedBy:
    """Who takes an event in: a view, a register or a reaction of a service."""

    service: str
    kind: Literal["view", "register", "reaction"]
    name: str


@dataclass(frozen=True)
class Version:
    """One version of an event's data, newest first; `change` from the second on."""

    number: int
    label: str
    change: Change | None
    fields: Sequence[FieldLine]
    schema: Mapping[str, Any]
    example: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """What is promised of one event."""

    name: str
    producers: tuple[str, ...]
    topics: tuple[str, ...]
    types: tuple[str, ...]
    meaning: Both
    stream: str
    key: str
    personal: Personal
    versions: Sequence[Version]
    consumers: Sequence[ConsumedBy]


@cache
def entries() -> Mapping[str, Entry]:
    """Return every event's entry by name, in the order of the services."""
    return {entry.name: entry for entry in _entries()}


def producers(service: str) -> tuple[str, ...]:
    """Return who says the words of a vocabulary."""
    return SERVICES if service == registry.EVERY else (service,)


def _entries() -> Iterator[Entry]:
    published = _published()
    for service in registry.VOCABULARIES:
        by_name: dict[str, list[type[Event]]] = {}
        for event_type in registry.event_types(service).values():
            by_name.setdefault(event_type.name, []).append(event_type)
        for types in by_name.values():
            newest_first = sorted(types, key=_version, reverse=True)
            yield _entry(service, newest_first, published)


def _entry(
    service: str, types: Sequence[type[Event]], published: Mapping[str, Any]
) -> Entry:
    newest = types[0]
    said_by = producers(service)
    versions = [_of_version(each, published["examples"]) for each in types]
    return Entry(
        newest.name,
        said_by,
        tuple(Topics().events(each) for each in said_by),
        tuple(
            registry.ce_type(each, newest.name, newest.schema_version)
            for each in said_by
        ),
        Both(" ".join((newest.__doc__ or "").split()), chinese_of(newest.name)),
        stream_of(newest.name),
        "case_id" if service == ENFORCEMENT else "stream",
        _personal(versions[0].fields),
        versions,
        [ConsumedBy(**each) for each in published["consumers"].get(newest.name, ())],
    )


def _of_version(event_type: type[Event], examples: Mapping[str, Any]) -> Version:
    name, number = event_type.name, event_type.schema_version
    label = registry.label(name, number)
    change = change_of(name, number) if number > 1 else None
    schema = schemas.schema_of(event_type)
    return Version(
        number, label, change, fields(event_type), schema, examples.get(label, {})
    )


def _personal(lines: Sequence[FieldLine]) -> Personal:
    if any(line.names == "person" for line in lines):
        return "pseudonymous"
    return "traceable" if any(line.path in MATTERS for line in lines) else "none"


def _version(event_type: type[Event]) -> int:
    return event_type.schema_version


def _published() -> Mapping[str, Any]:
    read: Mapping[str, Any] = orjson.loads(PUBLISHED.read_bytes())
    return read
