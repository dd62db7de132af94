"""Fields: an event's data line by line, with type, unit, meaning and whom it names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from libs.events import registry
from libs.events.catalogue.words import Both, words_of
from libs.events.event import Event

Schema = Mapping[str, Any]
Named = Literal["nobody", "person", "officer"]

PERSONS = frozenset({"person_id", "person_ids", "reporter_id"})
OFFICERS = frozenset({"handler_id", "officer_ids", "recorder_id", "reviewer_id"})
MONEY = "Money"
FEN = "minor units of the currency (fen for CNY)"
# What the form of a value says of its unit.
FORMS = {
    "date-time": ("instant", "UTC, RFC 3339, microseconds"),
    "date": ("date", "day in Shanghai"),
    "uuid": ("uuid", None),
}
MONTH = "^(19"


@dataclass(frozen=True)
class FieldLine:
    """One field: where it stands, what it holds; `names` whom an opaque id is of."""

    path: str
    type: str
    unit: str | None
    required: bool
    nullable: bool
    meaning: Both
    names: Named


def fields(event_type: type[Event]) -> list[FieldLine]:
    """Return the fields of an event's data, those of its parts too."""
    schema = registry.json_schema(event_type)
    return list(_Walk(schema).lines(schema, event_type.name, ""))


class _Walk:
    def __init__(self, root: Schema) -> None:
        self._parts: Mapping[str, Schema] = root.get("$defs", {})

    def lines(self, schema: Schema, owner: str, before: str) -> Iterator[FieldLine]:
        required = set(schema.get("required", ()))
        for name, said in schema.get("properties", {}).items():
            path = f"{before}{name}"
            value, nullable = _present(said)
            words = words_of(owner, name)
            type_, unit = self._type(value)
            yield FieldLine(
                path,
                type_,
                words.unit or unit,
                name in required,
                nullable,
                words.meaning,
                _named(name),
            )
            yield from self._within(value, path)

    def _within(self, value: Schema, path: str) -> Iterator[FieldLine]:
        if value.get("type") == "array":
            yield from self._within(_item(value), f"{path}[]")
        elif (part := _part(value)) and part != MONEY:
            yield from self.lines(self._parts[part], part, f"{path}.")

    def _type(self, value: Schema) -> tuple[str, str | None]:
        if part := _part(value):
            inner = self._parts[part]
            if "enum" in inner:
                return self._type(inner)
            return part, FEN if part == MONEY else None
        if "enum" in value or "const" in value:
            choices = value.get("enum") or [value["const"]]
            return f"one of {', '.join(map(str, choices))}", None
        if value.get("type") == "array":
            type_, unit = self._type(_item(value))
            return f"list of {type_}", unit
        if str(value.get("pattern", "")).startswith(MONTH):
            return "month", "YYYY-MM"
        return FORMS.get(value.get("format", ""), (_plain(value), None))


def _present(said: Schema) -> tuple[Schema, bool]:
    """Return the schema of a field where it is present, and whether null is said."""
    choices = said.get("anyOf")
    if choices is None:
        return said, False
    return choices[0], {"type": "null"} in choices


def _part(value: Schema) -> str:
    return str(value.get("$ref", "")).rpartition("/")[2]


def _item(value: Schema) -> Schema:
    item: Schema = value["items"] if "items" in value else value["prefixItems"][0]
    return item


def _plain(value: Schema) -> str:
    kind = str(value.get("type", "any"))
    return {"string": "text", "object": "object of texts"}.get(kind, kind)


def _named(name: str) -> Named:
    if name in PERSONS:
        return "person"
    return "officer" if name in OFFICERS else "nobody"
