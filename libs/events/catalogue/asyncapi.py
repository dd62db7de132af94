"""The AsyncAPI 3.0 document: topics, messages, headers and keys of all services."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from libs.events.catalogue.entries import Entry, Version, entries
from libs.events.catalogue.headers import headers_schema
from libs.events.catalogue.others import OTHERS, OtherTopic
from libs.events.stream.topics import KEEP_FOR_EVER, PARTITIONS, SERVICES, Topics

Json = dict[str, Any]

BINDING = "0.5.0"
RELEASE = "1.0.0"
HEADERS = "Headers"
ABOUT = (
    "Every event of the four services, from the first record on. At least once; in "
    "order of the key; nothing on a topic is ever changed or removed. How to read "
    "them rightly: docs/consume-our-events.md."
)
# A service's consumer groups, and the kinds of consumer in each.
GROUPS = {"reactions": {"reaction"}, "views": {"view", "register"}}
KEYS = {
    "case_id": "the case's id: all events of one case are in one partition",
    "stream": "the stream, <category>-<uuid>",
}


def document() -> Json:
    """Return the one document of all services' topics."""
    messages = dict(_messages())
    channels = {service: _channel(service) for service in SERVICES}
    channels |= {other.name: _other_channel(other) for other in OTHERS}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:qingxin:events",
        "info": {
            "title": "Qingxin 清薪: events",
            "version": RELEASE,
            "description": ABOUT,
        },
        "defaultContentType": "application/json",
        "servers": {"deployment": _server()},
        "channels": channels,
        "operations": _operations(channels),
        "components": {
            "messages": {**messages, **_other_messages()},
            "schemas": {HEADERS: headers_schema(), **_schemas()},
        },
    }


def key_of(service: str, label: str) -> str:
    """Return the name of a message of a service."""
    return f"{service}.{label}"


def _server() -> Json:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "The deployment's brokers. Topics may have its prefix in front.",
        "variables": {
            "bootstrap": {
                "default": "localhost:9092",
                "description": "host:port of a broker",
            }
        },
    }


def _said() -> Iterator[tuple[str, Entry, Version]]:
    for entry in entries().values():
        for service in entry.producers:
            for version in entry.versions:
                yield service, entry, version


def _channel(service: str) -> Json:
    topic = Topics().events(service)
    keys = [
        key_of(said_by, version.label)
        for said_by, _, version in _said()
        if said_by == service
    ]
    return {
        "address": topic,
        "title": f"What {service} says",
        "messages": {key: _ref("components/messages", key) for key in keys},
        "bindings": _kafka_topic(topic, PARTITIONS, KEEP_FOR_EVER),
    }


def _other_channel(other: OtherTopic) -> Json:
    return {
        "address": other.topic,
        "title": other.title,
        "messages": {
            said.name: _ref("components/messages", said.name) for said in other.messages
        },
        "bindings": _kafka_topic(other.topic, 1, other.kept),
    }


def _kafka_topic(topic: str, partitions: int, kept: Mapping[str, str]) -> Json:
    settings: Json = {"cleanup.policy": [kept["cleanup.policy"]]}
    if "retention.ms" in kept:
        settings["retention.ms"] = int(kept["retention.ms"])
    return {
        "kafka": {
            "topic": topic,
            "partitions": partitions,
            "topicConfiguration": settings,
            "bindingVersion": BINDING,
        }
    }


def _operations(channels: Mapping[str, Json]) -> Json:
    said: Json = {
        f"{name}.send": {
            "action": "send",
            "channel": _ref("channels", name),
            "summary": f"{channel['title']}: its relay sends it, in order.",
        }
        for name, channel in channels.items()
    }
    for service in SERVICES:
        for kind, group in (
            ("reactions", {"reaction"}),
            ("views", {"view", "register"}),
        ):
            for source in _heard(service, group):
                said[f"{service}.{kind}.from-{source}"] = {
                    "action": "receive",
                    "channel": _ref("channels", source),
                    "summary": f"{service}'s {kind} take it in.",
                    "bindings": _group(service, kind),
                }
    return said


def _group(service: str, kind: str) -> Json:
    group = {"type": "string", "const": f"qingxin.{service}.{kind}"}
    return {"kafka": {"groupId": group, "bindingVersion": BINDING}}


def _heard(service: str, kinds: set[str]) -> Sequence[str]:
    """Return whose events a service's consumers of these kinds take in."""
    heard = {
        source
        for entry in entries().values()
        for source in entry.producers
        if any(c.service == service and c.kind in kinds for c in entry.consumers)
    }
    return [source for source in SERVICES if source in heard]


def _messages() -> Iterator[tuple[str, Json]]:
    for service, entry, version in _said():
        yield key_of(service, version.label), _message(service, entry, version)


def _message(service: str, entry: Entry, version: Version) -> Json:
    kind = f"qingxin.{service}.{version.label}"
    key: Json = {"type": "string", "description": KEYS[entry.key]}
    said: Json = {
        "name": kind,
        "title": version.label,
        "summary": entry.meaning.zh,
        "description": entry.meaning.en,
        "contentType": "application/json",
        "headers": {
            "allOf": [
                _ref("components/schemas", HEADERS),
                {"type": "object", "properties": {"ce_type": {"const": kind}}},
            ]
        },
        "payload": _ref("components/schemas", version.label),
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": key, "bindingVersion": BINDING}},
        "x-stream": entry.stream,
        "x-personal-data": entry.personal,
    }
    if version.example:
        said["examples"] = [{"name": "stored", "payload": dict(version.example)}]
    if version.number < entry.versions[0].number:
        said["x-superseded-by"] = entry.versions[0].label
    return said


def _other_messages() -> Json:
    key: Json = {"type": "string", "enum": list(SERVICES), "description": "the service"}
    return {
        said.name: {
            "name": f"qingxin.{said.name}",
            "title": said.name,
            "summary": said.zh,
            "description": said.en,
            "contentType": "application/json",
            "payload": _ref("components/schemas", said.name),
            "bindings": {"kafka": {"key": key, "bindingVersion": BINDING}},
        }
        for other in OTHERS
        for said in other.messages
    }


def _schemas() -> dict[str, Json]:
    said: dict[str, Json] = {
        one.name: within(one.name, one.schema)
        for all_ in OTHERS
        for one in all_.messages
    }
    for entry in entries().values():
        for version in entry.versions:
            schema = dict(version.schema)
            parts = schema.pop("$defs", {})
            said[version.label] = within(version.label, schema)
            for name, part in parts.items():
                said[f"{version.label}.{name}"] = within(version.label, part)
    return said


def within(label: str, schema: Any) -> Any:
    """Return a schema whose parts are this document's components of that label."""
    match schema:
        case dict():
            return {
                key: f"#/components/schemas/{label}.{value.rpartition('/')[2]}"
                if key == "$ref"
                else within(label, value)
                for key, value in schema.items()
                # The document's own dialect holds for all of it.
                if key != "$schema"
            }
        case list():
            return [within(label, value) for value in schema]
        case _:
            return schema


def _ref(place: str, key: str) -> Json:
    return {"$ref": f"#/{place}/{key}"}
