"""A record says where its schema is: the service gives it, and the value keeps it."""

import httpx
import orjson
import pytest
from jsonschema import Draft202012Validator

from tests.end_to_end.complaint import Carried, complain
from tests.end_to_end.whole import Whole
from tests.topic_copy import Raw, read_raw

SAYING = ("intake", "routing")
"""Who says something of a complaint at once."""


async def records_of(whole: Whole, service: str, case: Carried) -> list[Raw]:
    """Return what a service's topic says of a clue and its case."""
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    its = {f"clue-{case.clue_id}", f"case-{case.case_id}"}
    return [
        raw
        for raw in await read_raw(kafka, f"{prefix}qingxin.{service}.v1")
        if dict(raw.headers).get("ce_subject", b"").decode("utf-8", "replace") in its
    ]


@pytest.mark.parametrize("service", SAYING)
async def test_a_record_leads_to_the_schema_that_its_value_keeps(
    whole: Whole, service: str
) -> None:
    case = await complain(whole)
    await whole.settled()
    records = await records_of(whole, service, case)
    assert records
    for raw in records:
        address = raw.header("ce_dataschema")
        assert address.startswith(f"{whole.settings.address(service)}/schemas/")
        async with httpx.AsyncClient() as anybody:
            answer = await anybody.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Content-Type"] == "application/schema+json"
        schema, value = answer.json(), orjson.loads(raw.value or b"")
        assert schema["title"] == raw.header("ce_type").split(".")[-2]
        Draft202012Validator.check_schema(schema)
        keeps = Draft202012Validator(schema)
        keeps.validate(value)
        # It is a schema that refuses: nothing of what it requires may lack.
        assert schema["required"]
        assert not keeps.is_valid({})
