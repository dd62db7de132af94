"""Headers of every record: CloudEvents 1.0 in Kafka's binary mode, all UTF-8 text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.events.catalogue.words import Both
from libs.events.event import Precision, Source

UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
NUMBER = "^[0-9]+$"
INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
HEX = "^([0-9a-f]{2})*$"


@dataclass(frozen=True)
class Header:
    """One header: what it says, and the form of its text."""

    name: str
    meaning: Both
    form: Mapping[str, Any]
    required: bool = True


def _h(name: str, en: str, zh: str, *, required: bool = True, **form: Any) -> Header:
    return Header(name, Both(en, zh), {"type": "string", **form}, required)


HEADERS = (
    _h("content-type", "the value is JSON", "值为 JSON", const="application/json"),
    _h("ce_specversion", "CloudEvents version", "CloudEvents 版本", const="1.0"),
    _h("ce_id", "the event's id (uuid7), for ever", "事件编号，永不改变", pattern=UUID),
    _h("ce_source", "/qingxin/<site>/<service>", "来源", format="uri-reference"),
    _h("ce_type", "qingxin.<service>.<Name>.v<N>", "类型与版本"),
    _h("ce_subject", "the stream, <category>-<uuid>", "事件流"),
    _h(
        "ce_sequence",
        "place in the service's journal, dense from 1, 20 digits",
        "在本服务日志中的序号，连续，自 1 起，20 位",
        pattern="^[0-9]{20}$",
    ),
    _h(
        "ce_streamversion",
        "place in the stream, dense from 1",
        "在事件流中的版本，连续，自 1 起",
        pattern=NUMBER,
    ),
    _h("ce_partitionkey", "the record's key again", "与记录的键相同"),
    _h(
        "ce_partitionindex",
        "place in the partition, dense from 0: the index rule's number",
        "在分区中的序号，连续，自 0 起",
        pattern=NUMBER,
    ),
    _h(
        "ce_recordedtime",
        "when the journal took it, UTC, strictly increasing in a service",
        "记录时间（UTC），在一个服务内严格递增",
        pattern=INSTANT,
    ),
    _h(
        "ce_time",
        "when the fact happened, UTC; absent when unknown",
        "发生时间（UTC）；不明则无此项",
        required=False,
        pattern=INSTANT,
    ),
    _h(
        "ce_occurredprecision",
        "how exactly ce_time is known",
        "发生时间的精度",
        enum=[each.value for each in Precision],
    ),
    _h(
        "ce_dataschema",
        "where the JSON Schema of the value is served",
        "值的 JSON Schema 地址",
        required=False,
        format="uri",
    ),
    _h("ce_actorid", "who acted, an opaque id", "行为人编号", pattern=UUID),
    _h("ce_actorrole", "in which role", "行为人角色"),
    _h("ce_actorunit", "in which unit", "行为人单位"),
    _h(
        "ce_cameby",
        "how the command came in",
        "命令的来路",
        enum=[each.value for each in Source],
    ),
    _h("ce_commandid", "the command that made it", "命令编号", pattern=UUID),
    _h("ce_requesthmac", "HMAC of the request, hex", "请求的 HMAC", pattern=HEX),
    _h(
        "ce_serial",
        "the printed number that it was given",
        "取得的编号",
        required=False,
    ),
    _h("ce_correlationid", "the matter it belongs to", "关联编号", pattern=UUID),
    _h(
        "ce_causationid",
        "the event that this follows from",
        "起因事件",
        required=False,
        pattern=UUID,
    ),
    _h("ce_hashalg", "how leaf and chain are made", "摘要算法", const="sha256"),
    _h("ce_leaf", "hash of this row, hex", "本行摘要", pattern="^[0-9a-f]{64}$"),
    _h(
        "ce_chain",
        "hash of the chain up to here, hex",
        "链至此的摘要",
        pattern="^[0-9a-f]{64}$",
    ),
    _h(
        "traceparent",
        "W3C trace context of the appending command",
        "写入命令的追踪上下文",
        required=False,
    ),
)


def headers_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record's headers, as names and texts."""
    return {
        "type": "object",
        "required": [each.name for each in HEADERS if each.required],
        "properties": {
            each.name: {
                **each.form,
                "description": f"{each.meaning.en} · {each.meaning.zh}",
            }
            for each in HEADERS
        },
    }
