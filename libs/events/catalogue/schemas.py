"""Schemas: the JSON Schema of each event and version, with words, by its label."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from libs.events import registry
from libs.events.catalogue.words import words_of
from libs.events.event import Event


@cache
def all_schemas() -> Mapping[str, Mapping[str, Any]]:
    """Return every event's schema by label."""
    return {
        registry.label(name, version): schema_of(event_type)
        for service in registry.VOCABULARIES
        for (name, version), event_type in registry.event_types(service).items()
    }


def schema_of(event_type: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of an event's data, with what each field means."""
    schema = registry.json_schema(event_type)
    parts = schema.get("$defs", {}).items()
    said = {**schema, **_described(schema, event_type.name)}
    if parts:
        said["$defs"] = {name: {**p, **_described(p, name)} for name, p in parts}
    return said


def _described(schema: Mapping[str, Any], owner: str) -> dict[str, Any]:
    if "properties" not in schema:
        return {}
    return {
        "properties": {
            name: {**field, "description": _sentence(owner, name)}
            for name, field in schema["properties"].items()
        }
    }


def _sentence(owner: str, name: str) -> str:
    words = words_of(owner, name)
    unit = f" [{words.unit}]" if words.unit else ""
    return f"{words.meaning.en}{unit} · {words.meaning.zh}"
