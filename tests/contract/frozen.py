"""What was promised: for each event and version its schema and one stored row.

`python -m tests.contract.frozen` writes what is new and what only grew by optional
fields. It refuses any other change: that is a new version of the event. `--unreleased
NAME` freezes an event anew that no journal holds yet.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from libs.events import registry
from libs.events.event import Actor, Event, Precision, Recorded, Source
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.words import GENESIS
from tests.contract.example import Examples, Schema

FOLDER = Path(__file__).parent
SUBJECT = UUID("00000000-0000-5000-8000-000000000001")
PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
BYTES = ("request_hmac", "leaf", "chain")
UUIDS = ("id", "command_id", "correlation_id")


@dataclass(frozen=True)
class Said:
    """One event type of one service."""

    service: str
    type: type[Event]

    @property
    def label(self) -> str:
        """Return `<service>.<Name>.v<N>`."""
        return f"{self.service}.{self.type.name}.v{self.type.schema_version}"

    @property
    def schema_file(self) -> Path:
        """Return where its schema is frozen."""
        return FOLDER / "schemas" / f"{self.label}.json"

    @property
    def stored_file(self) -> Path:
        """Return where its one stored row is frozen."""
        return FOLDER / "stored" / f"{self.label}.json"


def everything_said() -> Iterator[Said]:
    """Yield every event type in every version."""
    for service in registry.VOCABULARIES:
        for event_type in registry.event_types(service).values():
            yield Said(service, event_type)


def schema_of(event_type: type[Event]) -> dict[str, Any]:
    """Return what is promised of an event's data: its JSON Schema without prose."""
    schema = orjson.loads(orjson.dumps(registry.json_schema(event_type)))
    plain: dict[str, Any] = without_prose(schema)
    return plain


def without_prose(schema: Any) -> Any:
    """Return a schema without what it says to people."""
    match schema:
        case dict():
            return {
                key: without_prose(value)
                for key, value in schema.items()
                if not (key == "description" and isinstance(value, str))
            }
        case list():
            return [without_prose(value) for value in schema]
        case _:
            return schema


def stored_row(said: Said) -> Recorded:
    """Return a row of this type as a journal would hold it now."""
    example = Examples(registry.json_schema(said.type)).event()
    event = said.type.model_validate_json(orjson.dumps(example))
    at = datetime(2023, 11, 10, 1, 2, 3, 4, tzinfo=UTC)
    row = Recorded(
        seq=1,
        id=SUBJECT,
        site="310199000000",
        stream=f"example-{SUBJECT}",
        version=1,
        type=said.type.name,
        schema_version=said.type.schema_version,
        data=event.model_dump_json(),
        occurred_at=at,
        occurred_precision=Precision.INSTANT,
        recorded_at=at,
        actor=Actor(SUBJECT, "centre", "centre"),
        source=Source.DOOR,
        serial=None,
        command_id=SUBJECT,
        request_hmac=bytes(32),
        hash_alg="sha256",
        correlation_id=SUBJECT,
        causation_id=None,
        partition_key=f"example-{SUBJECT}",
        traceparent=None,
        service=said.service,
    )
    leaf = leaf_of(row)
    return replace(row, leaf=leaf, chain=next_link(GENESIS, leaf))


def to_json(row: Recorded) -> bytes:
    """Return a row as a file says it; bytes in hex."""
    fields = asdict(replace(row, event=None))
    del fields["event"]
    return orjson.dumps(fields, default=lambda value: value.hex(), option=PRETTY)


def from_json(text: bytes) -> Recorded:
    """Read a row from its file."""
    fields = orjson.loads(text)
    fields |= {name: bytes.fromhex(fields[name]) for name in BYTES}
    fields |= {name: UUID(fields[name]) for name in UUIDS}
    actor = fields["actor"]
    fields["actor"] = Actor(UUID(actor["id"]), actor["role"], actor["unit"])
    for name in ("occurred_at", "recorded_at"):
        fields[name] = datetime.fromisoformat(fields[name])
    fields["occurred_precision"] = Precision(fields["occurred_precision"])
    fields["source"] = Source(fields["source"])
    return Recorded(**fields)


def breaks(before: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Say how a schema breaks the promise of the one before; None: it only grew.

    What stood must stand word for word; what is new must be optional.
    """
    for part, old in {"": before, **before.get("$defs", {})}.items():
        new = now if part == "" else now.get("$defs", {}).get(part)
        if new is None:
            return f"{part} is gone"
        lost = _lost(old, new)
        if lost is not None:
            return f"{part}.{lost}".lstrip(".")
    return None


def _lost(old: Schema, new: Schema) -> str | None:
    if set(new.get("required", ())) != set(old.get("required", ())):
        return "required"
    fields = new.get("properties", {})
    for name, field in old.get("properties", {}).items():
        if fields.get(name) != field:
            return str(name)
    for key in old.keys() | new.keys():
        # A title is a word for people, as a description is.
        grows = key in {"properties", "required", "$defs", "title"}
        if not grows and old.get(key) != new.get(key):
            return key
    return None


def freeze(said: Said, *, unreleased: bool = False) -> str | None:
    """Write what is missing or grew; return how it breaks, if it does."""
    now = schema_of(said.type)
    if said.schema_file.exists() and not unreleased:
        how = breaks(orjson.loads(said.schema_file.read_bytes()), now)
        if how is not None:
            return f"{said.label}: {how} changed. Give the event a new version."
    said.schema_file.write_bytes(orjson.dumps(now, option=PRETTY))
    if unreleased or not said.stored_file.exists():
        said.stored_file.write_bytes(to_json(stored_row(said)))
    return None


def main() -> int:
    """Freeze all; exit 1 when a promise would be broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unreleased", nargs="*", default=[], metavar="NAME")
    wanted = set(parser.parse_args().unreleased)
    complaints = [
        complaint
        for said in everything_said()
        if (complaint := freeze(said, unreleased=said.type.name in wanted))
    ]
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
