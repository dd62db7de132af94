"""What the catalogue takes from elsewhere: who consumes an event, and a stored example.

`python -m tests.contract.published` writes it beside the catalogue, and the AsyncAPI
document of all topics into docs.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson

from libs.events import registry
from libs.events.catalogue.asyncapi import document
from libs.events.catalogue.entries import PUBLISHED, entries
from libs.events.views.view import View
from libs.service.parts import Service
from services.enforcement.app import SERVICE as ENFORCEMENT
from services.intake.app import SERVICE as INTAKE
from services.reporting.app import SERVICE as REPORTING
from services.routing.app import SERVICE as ROUTING
from tests.contract.frozen import everything_said, from_json
from tests.unit.house_style import REPOSITORY

ASYNCAPI = REPOSITORY / "docs" / "asyncapi.json"
PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
SERVICES: tuple[Service, ...] = (INTAKE, ROUTING, ENFORCEMENT, REPORTING)

Consumed = tuple[str, dict[str, str]]


def published() -> bytes:
    """Return what the declarations and the stored rows say, as the file holds it."""
    consumers: dict[str, list[dict[str, str]]] = defaultdict(list)
    for service in SERVICES:
        for name, consumer in _consumers(service):
            # Some name every version of an event.
            if consumer not in consumers[name]:
                consumers[name].append(consumer)
    examples: dict[str, Any] = {}
    for said in everything_said():
        row = from_json(said.stored_file.read_bytes())
        label = registry.label(row.type, row.schema_version)
        examples[label] = orjson.loads(row.data)
    found = {"consumers": dict(sorted(consumers.items())), "examples": examples}
    return orjson.dumps(found, option=PRETTY)


def _consumers(service: Service) -> Iterator[Consumed]:
    for view in service.views:
        kind = "view" if isinstance(view, View) else "register"
        for event_type in view.on:
            said = {"service": service.name, "kind": kind, "name": view.name}
            yield event_type.name, said
    for reaction in service.reactions:
        for event_type in reaction.on:
            said = {"service": service.name, "kind": "reaction", "name": reaction.name}
            yield event_type.name, said


def asyncapi() -> bytes:
    """Return the document as the file holds it."""
    return orjson.dumps(document(), option=PRETTY)


def main() -> None:
    """Write both files."""
    PUBLISHED.write_bytes(published())
    entries.cache_clear()
    ASYNCAPI.write_bytes(asyncapi())


if __name__ == "__main__":
    main()
