"""Topics beside the events: how far each log is complete, and its seals and keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.events.stream.progress import progress_schema
from libs.events.stream.topics import KEEP_FOR_EVER, KEEP_LAST, Topics

TEXT = {"type": "string"}
NUMBER = {"type": "integer", "minimum": 1}
HEX = {"type": "string", "pattern": "^[0-9a-f]+$"}
SIGNED = {
    "signature_alg": {"const": "ed25519"},
    "key_id": HEX,
    "signature": {"type": "string"},
}
SEAL: dict[str, Any] = {
    "title": "Seal",
    "type": "object",
    "properties": {
        "format": {"const": "qingxin.seal.v1"},
        "site": TEXT,
        "service": TEXT,
        "number": {**NUMBER, "description": "which seal of its service, dense from 1"},
        "size": {**NUMBER, "description": "events under it: sequences 1 to size"},
        "root": {**HEX, "description": "RFC 6962 root over the leaves"},
        "chain": HEX,
        "at": {"type": "string", "format": "date-time"},
        "why": TEXT,
        "hash_alg": {"const": "sha256"},
        "previous": {**HEX, "description": "SHA-256 of the seal before"},
        **SIGNED,
    },
}
SEAL["required"] = sorted(SEAL["properties"])
KEY: dict[str, Any] = {
    "title": "Key",
    "type": "object",
    "required": ["format", "service"],
    "properties": {"format": {"const": "qingxin.key.v1"}, "service": TEXT},
}


@dataclass(frozen=True)
class Other:
    """A message that is no event: its topic, what it says, its schema; key: service."""

    name: str
    zh: str
    en: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class OtherTopic:
    """A topic of one partition that every service writes to."""

    name: str
    topic: str
    title: str
    kept: Mapping[str, str]
    messages: Sequence[Other]


PROGRESS = Other(
    "Progress",
    "一个服务的日志写到哪里为止是完整的",
    "All of a journal up to `seq` is on its topic; nothing later is recorded before "
    "`at`. A reader past these indexes is complete up to `at`.",
    progress_schema(),
)
OTHERS = (
    OtherTopic(
        "progress",
        Topics().progress,
        "How far each service's log is complete",
        KEEP_LAST,
        (PROGRESS,),
    ),
    OtherTopic(
        "audit",
        Topics().audit,
        "Seals of each service's log, and the public keys that sign them",
        KEEP_FOR_EVER,
        (
            Other(
                "Seal",
                "一个日志到某一条为止的签名封印",
                "What a log was up to one event, signed.",
                SEAL,
            ),
            Other(
                "Key",
                "签名公钥，由前一把担保",
                "A public key, signed by itself and vouched for by the one before.",
                KEY,
            ),
        ),
    ),
)
