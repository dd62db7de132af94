"""Registry: from a stored type name and version to the event, in its newest words."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

from libs.events.contracts import (
    channels,
    clocks,
    dossier,
    duplicates,
    duties,
    enforcement,
    evidence,
    groups,
    intake,
    merges,
    merging,
    messages,
    notice_boards,
    operation,
    patrols,
    persons,
    publicity,
    reporting,
    risk,
    routing,
    sheets,
    supervision,
    tracks,
)
from libs.events.event import Event

Type = tuple[str, int]

EVERY = "every"
"""Whose words any service may say; `ce_type` names the one that said them."""

VOCABULARIES: Mapping[str, tuple[ModuleType, ...]] = MappingProxyType(
    {
        "intake": (intake, channels, duplicates, messages, patrols, sheets, persons),
        "routing": (routing, clocks, supervision, duties, risk, dossier),
        "enforcement": (
            enforcement,
            merging,
            groups,
            notice_boards,
            evidence,
            tracks,
        ),
        "reporting": (reporting, publicity),
        EVERY: (operation, merges),
    }
)


class Unknown(LookupError):
    """A stored type that this code cannot read."""


class UnknownType(Unknown):
    """A name that nobody here handles: it is skipped."""


class UnknownVersion(Unknown):
    """A known name in a version from elsewhere or later: it is parked."""


def load(name: str, schema_version: int, data: str) -> Event:
    """Read stored JSON text as the newest version of its event.

    Tolerant: fields that this code does not know are left out. Raises UnknownType,
    UnknownVersion, and pydantic's ValidationError for what is no such event.
    """
    return read(_all(), (name, schema_version), data)


def read(known: Mapping[Type, type[Event]], stored: Type, data: str) -> Event:
    """Read stored JSON text by a vocabulary; raises as `load` does."""
    found = known.get(stored)
    if found is None:
        raise _unknown(known, *stored)
    event = found.model_validate_json(data, extra="ignore")
    while (newer := event.upgrade()) is not event:
        event = newer
    return event


def event_types(service: str) -> Mapping[Type, type[Event]]:
    """Return every event that a service says or said, by name and version."""
    return _of(VOCABULARIES[service])


def service_of(name: str) -> str:
    """Return the service that says an event; raises UnknownType."""
    for service in VOCABULARIES:
        if any(known == name for known, _ in event_types(service)):
            return service
    raise UnknownType(name)


def json_schema(event_type: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an event's data, under its stored name."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **event_type.model_json_schema(),
        "title": event_type.name,
    }


def ce_type(service: str, name: str, version: int) -> str:
    """Return the CloudEvents type of an event."""
    return f"qingxin.{service}.{label(name, version)}"


def label(name: str, version: int) -> str:
    """Return the label of an event's version; names are unique over all services."""
    return f"{name}.v{version}"


def schema_address(base: str, name: str, version: int) -> str:
    """Return where the schema of an event's data is served below a base address."""
    return f"{base}/schemas/{label(name, version)}.json"


def collect(
    vocabularies: Mapping[str, tuple[ModuleType, ...]],
) -> Mapping[Type, type[Event]]:
    """Gather all vocabularies; a name belongs to one service only (ValueError)."""
    owners: dict[str, str] = {}
    gathered: dict[Type, type[Event]] = {}
    for service, modules in vocabularies.items():
        for (name, version), event_type in _of(modules).items():
            if owners.setdefault(name, service) != service:
                message = f"{name} is said by {owners[name]} and by {service}"
                raise ValueError(message)
            gathered[name, version] = event_type
    return MappingProxyType(gathered)


@cache
def _all() -> Mapping[Type, type[Event]]:
    return collect(VOCABULARIES)


@cache
def _of(modules: tuple[ModuleType, ...]) -> Mapping[Type, type[Event]]:
    found: dict[Type, type[Event]] = {}
    for member in _defined_in(modules):
        key = (member.name, member.schema_version)
        if key in found:
            message = f"{member.name}.v{member.schema_version} is defined twice"
            raise ValueError(message)
        found[key] = member
    return MappingProxyType(found)


def _defined_in(modules: tuple[ModuleType, ...]) -> Iterator[type[Event]]:
    for module in modules:
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Event) and member.__module__ == module.__name__:
                yield member


def _unknown(
    known: Mapping[Type, type[Event]], name: str, schema_version: int
) -> Unknown:
    if any(said == name for said, _ in known):
        return UnknownVersion(label(name, schema_version))
    return UnknownType(name)
