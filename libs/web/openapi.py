"""The OpenAPI 3.1 document: every error is the one problem shape."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from libs.web.guards import Caps
from libs.web.problems import MEDIA_TYPE

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "title": "Problem (RFC 9457)",
    "required": ["type", "title", "status", "detail", "instance", "errors", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {**TEXT, "description": "What to do."},
        "instance": {"type": "string", "format": "uri"},
        "code": TEXT,
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "may": {"type": "array", "items": TEXT, "description": "Who may do it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {**TEXT, "description": "RFC 6901, in the body."},
                    "parameter": TEXT,
                    "header": TEXT,
                    "code": TEXT,
                    "detail": TEXT,
                },
            },
        },
    },
}
ANSWER = {
    "description": "A problem: its code, and what to do.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
OPERATIONS = frozenset({"get", "put", "post", "delete", "patch"})
UNUSED = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI, caps: Caps) -> None:
    """Make the app's OpenAPI document name the problem shape and the body caps."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, caps)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _document(app: FastAPI, caps: Caps) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in UNUSED:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    for path, item in made.get("paths", {}).items():
        for method, operation in item.items():
            if method in OPERATIONS:
                _mark(operation, caps.of(path))
    return made


def _mark(operation: dict[str, Any], cap: int) -> None:
    answers = operation.setdefault("responses", {})
    answers.pop("422", None)
    answers["4XX"] = ANSWER
    answers["5XX"] = ANSWER
    if "requestBody" in operation:
        operation["x-max-body-bytes"] = cap
