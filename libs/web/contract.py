"""The contract's documents, at every service: AsyncAPI, and JSON Schemas."""

from functools import cache

import orjson
from fastapi import APIRouter
from fastapi.responses import Response

from libs.events.catalogue.asyncapi import document
from libs.events.catalogue.schemas import all_schemas
from libs.web.problems import Problem

JSON = "application/json"
KEEP = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


class SchemaJson(Response):
    """A JSON Schema."""

    media_type = "application/schema+json"


def contract_routes() -> APIRouter:
    """Return /asyncapi.json and /schemas/<Name>.v<N>.json: open, nobody signs in."""
    router = APIRouter(tags=["contract"])

    @router.get("/asyncapi.json", summary="All events and topics, as AsyncAPI 3.0")
    async def asyncapi() -> Response:
        return Response(_document(), media_type=JSON, headers=KEEP)

    @router.get(
        "/schemas/{label}.json",
        response_class=SchemaJson,
        responses={200: {"content": {JSON: {}}}},
        summary="The JSON Schema of an event's data: a record's dataschema",
    )
    async def schema(label: str) -> SchemaJson:
        found = all_schemas().get(label)
        if found is None:
            raise Problem("not-found")
        return SchemaJson(orjson.dumps(found), headers=KEEP)

    return router


@cache
def _document() -> bytes:
    return orjson.dumps(document())
