"""The operator's orders, by page, API and command: counted, confirmed, on record."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from libs.settings import Key
from services.reporting.console.session import COOKIE, Session, begin
from tests.end_to_end.complaint import complain
from tests.end_to_end.test_foreign import newer_version, settled_clue
from tests.end_to_end.whole import ALL, OPERATOR, Act, Whole
from tests.eventually import eventually

HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')
ORDERED = "ParkedRetryOrdered,ResendOrdered,RebuildOrdered"


@asynccontextmanager
async def browser(
    whole: Whole, who: str
) -> AsyncIterator[tuple[httpx.AsyncClient, Session]]:
    """Open the console, without scripts, as an officer who has signed in."""
    said = whole.settings.of_service("reporting")["QINGXIN_DOOR_KEY"]
    key = TypeAdapter(Key).validate_python(said)
    async with whole.database("reporting") as pool:
        session = await begin(pool, key, whole.token(who))
    async with httpx.AsyncClient(
        base_url=whole.settings.address("reporting"),
        cookies={COOKIE: session.secret, "qingxin_language": "en"},
        headers={"Accept": "text/html"},
        timeout=30,
    ) as client:
        yield client, session


async def confirmed(
    client: httpx.AsyncClient, order: str, **about: str
) -> httpx.Response:
    """Look at an order's page, and send the form that it shows."""
    page = await client.get(f"/console/orders/{order}", params=about)
    assert page.status_code == 200, page.text
    form = page.text[page.text.index('class="act"') :]
    fields = dict(HIDDEN.findall(form)) | {"reason": "written-by-a-test"}
    return await client.post(f"/console/orders/{order}", data=fields)


async def on_record(whole: Whole, service: str) -> list[dict[str, Any]]:
    said = await whole.cli("events", "--service", service, "--types", ORDERED, "--json")
    return [json.loads(line) for line in said.out.splitlines()]


async def test_a_parked_event_is_an_alarm_and_is_retried_and_dropped_by_page(
    whole: Whole,
) -> None:
    event_id = await newer_version(whole, await settled_clue(whole))
    await whole.settled()
    told = await whole.get(OPERATOR, "routing", "/operator/alarms")
    assert "parked" in {one["alarm"] for one in told["alarms"]}
    cron = await whole.cli("alarms")
    assert cron.code == 4
    assert "parked" in cron.out
    async with browser(whole, OPERATOR) as (client, _):
        assert "could not be applied" in (await client.get("/console/alarms")).text
        assert event_id in (await client.get("/console/parked")).text
        done = await confirmed(client, "retry", service="routing")
        assert done.headers["location"] == "/console/parked?done=retry&service=routing"
        rows = (await whole.get(OPERATOR, "routing", "/operator/parked"))["parked"]
        # Each of its readers parked it: the reactions, and a view.
        row = next(one for one in rows if one["event_id"] == event_id)
        about = {"service": "routing", "consumer": row["consumer"]}
        gone = await confirmed(client, "drop", event_id=event_id, **about)
        assert gone.status_code == 303, gone.text
    async with browser(whole, "au-01") as (client, _):
        assert "/console/orders/" not in (await client.get("/console/parked")).text
        refused = await client.get("/console/orders/retry?service=routing")
        assert refused.status_code == 403
    assert "ParkedRetryOrdered" in str(await on_record(whole, "routing"))
    for service in ALL:
        await dropped_all(whole, service)
    assert "parked" not in (await whole.cli("alarms")).out


async def dropped_all(whole: Whole, service: str) -> None:
    rows = (await whole.get(OPERATOR, service, "/operator/parked"))["parked"]
    for row in rows:
        path = f"/operator/parked/{row['consumer']}/{row['event_id']}/drop"
        body = {"reason": "from-a-test", "count": 70}
        async with whole.client(service, OPERATOR) as client:
            key = {"Idempotency-Key": f"another-count-{row['consumer']}"}
            answer = await client.post(path, json=body, headers=key)
        assert answer.status_code == 409, answer.text
        again = {"reason": "from-a-test", "count": answer.json()["count"]}
        await whole.do(Act(OPERATOR, service, path, again, on_something=False))


@pytest.mark.slow
async def test_records_are_sent_again_and_a_view_is_made_anew_by_page(
    whole: Whole,
) -> None:
    await complain(whole)
    await whole.settled()
    async with browser(whole, OPERATOR) as (client, _):
        resent = await confirmed(
            client, "resend", service="routing", partition="3", from_index="0"
        )
        assert resent.status_code == 303, resent.text
        rebuilt = await confirmed(client, "rebuild", service="reporting", view="clue")
        assert rebuilt.status_code == 303, rebuilt.text

    async def both_done() -> bool:
        sent = (await whole.get(OPERATOR, "routing", "/operator/resends"))["resends"]
        made = await whole.get(OPERATOR, "reporting", "/operator/rebuilds")
        is_sent = sent[0]["finished_at"] and sent[0]["done"] >= sent[0]["records"]
        latest = [(one["name"], one["state"]) for one in made["rebuilds"][:1]]
        return bool(is_sent) and latest == [("clue", "switched")]

    await eventually(both_done, 60)
    assert "ResendOrdered" in str(await on_record(whole, "routing"))
    assert "RebuildOrdered" in str(await on_record(whole, "reporting"))
    dry = await whole.cli("rebuild", "clue", "--dry-run")
    assert "are to be read again" in dry.out
    place = ("--service", "routing", "--partition", "3", "--from-index", "0")
    assert "Say --yes" in (await whole.cli("resend", *place)).err
    assert (await whole.cli("resend", "list")).code == 0
    lags = await whole.cli("alarms", "lags")
    assert "relay" in lags.out
