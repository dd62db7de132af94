"""Plain values: what may stand in a log line or a span, for it names no person."""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

WITHHELD = "[withheld]"

_LONGEST = 300
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# A span id must hold a letter here: sixteen plain digits are a bank card.
_HEX_ID = re.compile(r"\b(?:(?=[0-9]*[a-f])[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})\b")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)?)?"
)
# An ID number has 15 or 18 digits, a phone 7 to 12, a bank card 12 to 19; people
# write them in groups, so separators between the digits are looked through.
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){6,}")

Rule = Callable[[str], bool]


def is_plain(text: str) -> bool:
    """Tell whether a text is short ASCII without a number long enough to be personal.

    Fails closed: a name in Chinese, free text, a phone and a card are not plain.
    Identifiers (UUID, trace and span ids, instants) are looked through.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return False
    rest = _INSTANT.sub("@", _HEX_ID.sub("@", _UUID.sub("@", text)))
    return _DIGITS.search(rest) is None


def _shaped(pattern: str) -> Rule:
    shape = re.compile(pattern)
    return lambda text: shape.fullmatch(text) is not None and is_plain(text)


_uuid = _shaped(_UUID.pattern)
_token = _shaped(r"[A-Za-z0-9_.:+-]{1,100}")
_route = _shaped(r"/[A-Za-z0-9_./{}?-]{0,200}")
_stream = _shaped(r"[a-z-]{1,40}-" + _UUID.pattern)
_site = re.compile(r"\d{12}")
_number = re.compile(r"\d{1,10}")


def _count(text: str) -> bool:
    return _number.fullmatch(text) is not None


# Everything a span, its links and its events may say. What is not here is dropped.
ALLOWED: Mapping[str, Rule] = {
    "http.request.method": _token,
    "http.response.status_code": _count,
    "http.route": _route,
    "url.scheme": _token,
    "url.path": _route,
    "url.template": _route,
    "server.address": _token,
    "server.port": _count,
    "network.protocol.version": _token,
    "error.type": _token,
    "messaging.system": _token,
    "messaging.operation.name": _token,
    "messaging.operation.type": _token,
    "messaging.destination.name": _token,
    "messaging.destination.partition.id": _token,
    "messaging.consumer.group.name": _token,
    "messaging.client.id": _token,
    "messaging.message.id": _uuid,
    "messaging.message.conversation_id": _uuid,
    "messaging.kafka.offset": _count,
    "messaging.batch.message_count": _count,
    "cloudevents.event_id": _uuid,
    "cloudevents.event_type": _token,
    "cloudevents.event_subject": _stream,
    "db.system.name": _token,
    "db.namespace": _token,
    "db.collection.name": _token,
    "db.operation.name": _token,
    "db.operation.batch.size": _count,
    "db.response.status_code": _token,
    "exception.type": _token,
    "qingxin.case_id": _uuid,
    "qingxin.correlation_id": _uuid,
    "qingxin.command": _token,
    "qingxin.rejected": _token,
    "qingxin.view": _token,
    "qingxin.rows": _count,
    "qingxin.links.unsampled": _count,
    "qingxin.origin.service": _token,
}

# Who speaks: set once at start from the deployment's own settings.
RESOURCE: Mapping[str, Rule] = {
    "service.name": _token,
    "service.namespace": _token,
    "service.version": _token,
    "service.instance.id": _uuid,
    "deployment.environment.name": _token,
    "telemetry.sdk.language": _token,
    "telemetry.sdk.name": _token,
    "telemetry.sdk.version": _token,
    "qingxin.site": lambda text: _site.fullmatch(text) is not None,
}

Scalar = str | bool | int | float


def allowed(
    attributes: Mapping[str, object], rules: Mapping[str, Rule] = ALLOWED
) -> dict[str, Scalar]:
    """Return the attributes that are known and hold what their name promises.

    Numbers go through the rule as text, so a phone number as an integer is dropped.
    """
    kept: dict[str, Scalar] = {}
    for key, value in attributes.items():
        rule = rules.get(key)
        if rule is None or not isinstance(value, str | bool | int | float):
            continue
        if rule(str(value)):
            kept[key] = value
    return kept


def plain_name(name: str) -> str:
    """Return a span's name, or a stand-in when it could name a person."""
    return name if is_plain(name) else WITHHELD


def plain_value(value: object) -> object:
    """Return a log value as it may be printed; what is not plain is withheld."""
    match value:
        case None | bool() | UUID():
            return value if not isinstance(value, UUID) else str(value)
        case int() | float():
            return value if abs(value) < _LARGEST else WITHHELD
        case str():
            return value if is_plain(value) else WITHHELD
        case Mapping():
            return {plain_name(str(k)): plain_value(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain_value(item) for item in value]
        case _:
            text = str(value)
            return text if is_plain(text) else WITHHELD


# A mobile number has 11 digits; sequences, sizes and fen stay below that.
_LARGEST = 10**10
