"""Requests for the test of rights: a fitting one for every route, by its own schema."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from structlog.testing import capture_logs

from libs.acts import Act
from libs.ids import named
from services.reporting.console.session import COOKIE
from tests.unit.matters import CASE, CLUE, ONE, ORDER, payment
from tests.unit.pictures import DIGEST, PNG
from tests.unit.rights_house import House, bearer, house, session
from tests.unit.scenes import SCENES, command_of

ANY = named("test-any")
PLACES: Mapping[str, object] = {
    "case_id": CASE,
    "clue_id": CLUE,
    "of_clue_id": ONE,
    "claim_id": ONE,
    "order_id": ORDER,
    "payment_id": payment(1),
    "digest": DIGEST,
    "clock": "CLK-02",
    "act": "transfer",
    "week": 1,
    "number": 1,
    "version": 1,
    "indicator": "S06",
    "channel": "12345",
    "name": "rebuild",
    "consumer": "view-case",
    "trace_id": "a" * 32,
    "code": "not-found",
    "label": "WagesPaid.v1",
}
"""What stands for a part of a path; every other is an id."""
STRINGS = {"uuid": str(ANY), "date": "2023-11-13", "date-time": "2023-11-13T09:00:00Z"}
CANDIDATES = (
    "LC", "2023-07", "0" * 64, "x", "12345", "310117189801010012", "13800000001",
    "CNY", "https://example.test/x", "K", "1", "F-2.1.2b", "ABCD-EFGH-JKLM",
)  # fmt: skip
ORDER_OF_OPERATOR = {"service": "routing", "view": "case"}
BOUNDARY = "rights"


@dataclass(frozen=True)
class Answer:
    """What the door answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """Return a problem without what tells one request from another."""
        whole = json.loads(self.body) if b"{" in self.body[:1] else {}
        return {k: v for k, v in whole.items() if k not in {"trace_id", "instance"}}


@dataclass(frozen=True)
class Request:
    """One request: whose headers come on top."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    kind: str = "application/json"


async def send(door: House, asked: Request, more: Mapping[str, str]) -> Answer:
    """Ask a service at its door, through everything that stands before its routes."""
    headers = {
        "host": "door",
        "accept": "text/html,*/*" if asked.path.startswith("/console") else "*/*",
        "content-type": asked.kind,
        "content-length": str(len(asked.body)),
        "if-match": '"v0"',
        "idempotency-key": f"rights-{asked.path}"[:200].ljust(16, "-"),
        **more,
    }
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "method": asked.method, "path": asked.path, "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(), "root_path": "", "scheme": "http",
        "server": ("door", 80), "client": ("127.0.0.1", 1),
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def answer(message: Any) -> None:
        told.append(message)

    with capture_logs():
        await door.app(scope, receive, answer)
    head = next(one for one in told if one["type"] == "http.response.start")
    parts = [one.get("body", b"") for one in told]
    found = {k.decode().lower(): v.decode() for k, v in head["headers"]}
    return Answer(head["status"], found, b"".join(parts))


def as_officer(door: House, asked: Request, role: str) -> Mapping[str, str]:
    """Return the headers of an officer: a token, or on the console a cookie."""
    if not asked.path.startswith("/console"):
        return bearer(role)
    held = session(role)
    door.database.session = held
    return {"cookie": f"{COOKIE}={held.secret}"}


def request_of(
    door: House, route: str, said: Mapping[str, Any] | None = None
) -> Request:
    """Return a fitting request of a route; `said` are fields of its body and path."""
    method, template = route.split(" ", 1)
    given = said or {}
    path = re.sub(
        r"\{(\w+)\}",
        lambda part: quote(
            str(given.get(part[1], PLACES.get(part[1], ANY))), safe=":.-"
        ),
        template,
    )
    if template.startswith("/console"):
        form_said = {"csrf": session("centre").csrf, **ORDER_OF_OPERATOR}
        body = urlencode(form_said).encode()
        form = "application/x-www-form-urlencoded"
        query = urlencode(ORDER_OF_OPERATOR) if "/orders/" in path else ""
        return Request(method, path, query, body if method == "POST" else b"", form)
    operation = described(door.name).get(template, {}).get(method.lower(), {})
    query = urlencode(
        {
            one["name"]: example(door.name, one["schema"])
            for one in operation.get("parameters", ())
            if one["in"] == "query" and one.get("required")
        },
        doseq=True,
    )
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        whole = example(door.name, content["application/json"]["schema"])
        mine = {k: v for k, v in given.items() if f"{{{k}}}" not in template}
        body = json.dumps(mine if said is not None else whole).encode()
        return Request(method, path, query, body)
    if "multipart/form-data" in content:
        fields = example(door.name, content["multipart/form-data"]["schema"])
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return Request(method, path, query, multipart({**fields, **given}), kind)
    return Request(method, path, query)


def multipart(fields: Mapping[str, Any]) -> bytes:
    """Return a form with a file: a small picture."""
    parts = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        f'name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
        if name != "file"
    ]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; '
        'filename="f.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    tail = f"\r\n--{BOUNDARY}--\r\n"
    return "".join(parts).encode() + head.encode() + PNG + tail.encode()


def of_act(door: House, route: str, act: Act | None, scene: str) -> Request:
    """Return the request of a scene's act, as a client would send it."""
    fields = SCENES[scene].fields
    told = command_of(scene).model_dump(mode="json")
    filled = act.filled if act else ()
    kept = {name: told[name] for name in fields if name not in filled}
    if "/v1/evidence" not in route:
        kept = {k: v for k, v in kept.items() if k != "case_id" or f"{{{k}}}" in route}
    kept = {k: v for k, v in kept.items() if k not in {"sha256", "media_type", "size"}}
    return request_of(door, route, kept)


@cache
def described(name: str) -> Mapping[str, Any]:
    """Return the paths of a service's OpenAPI document."""
    document = house(name).app.openapi()
    return {**document["paths"], "$": document["components"]["schemas"]}


def example(service: str, schema: Mapping[str, Any]) -> Any:
    """Return a value that a JSON schema takes: what it requires, and no more."""
    if "$ref" in schema:
        found = described(service)["$"][schema["$ref"].rpartition("/")[2]]
        return example(service, found)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(service, schema[several][0])
    if "enum" in schema:
        return schema["enum"][0]
    return whole(service, schema)


def whole(service: str, schema: Mapping[str, Any]) -> Any:
    """Return a value of a schema that names its type."""
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            held = schema.get("properties", {})
            return {name: example(service, held[name]) for name in needed}
        case "array":
            few = range(schema.get("minItems", 0))
            of = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
            return [example(service, of) for _ in few]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case None if "const" in schema:
            return schema["const"]
        case _:
            return text_of(schema)


def text_of(schema: Mapping[str, Any]) -> str:
    """Return a text that a schema takes."""
    if schema.get("format") in STRINGS:
        return STRINGS[schema["format"]]
    pattern = re.compile(schema.get("pattern", ""))
    least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    fitting: Sequence[str] = [
        one.ljust(least, "x") for one in CANDIDATES if len(one) <= most
    ]
    return next((one for one in fitting if pattern.search(one)), fitting[0])
