"""An operator's order names what its dry run showed, and comes at a pace."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import uuid4

import httpx
import pytest

from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import OPERATOR, Whole

# Orders by the minute are counted for each operator: the other tests' one stays free.
ANOTHER = "op-02"
QUOTA = 60
ENOUGH = 300
INVENTED = 1_000_000


@dataclass(frozen=True)
class Order:
    """An order: of which service, where it is looked at and given, and about what."""

    service: str
    path: str
    look: str = ""
    about: Mapping[str, object] = field(default_factory=dict)


RETRY = Order("routing", "/operator/parked/retry")
RESEND = Order(
    "reporting",
    "/operator/resend",
    "?partition=3&from_index=0",
    {"partition": 3, "from_index": 0},
)
REBUILD = Order("reporting", "/operator/rebuilds/clue", about={"here": False})
REFILL = Order("routing", "/operator/relay/refill")


async def given(
    client: httpx.AsyncClient, order: Order, count: int | None
) -> httpx.Response:
    """Give an order about so many, or about nothing that is said."""
    named = {} if count is None else {"count": count}
    act = {"Idempotency-Key": str(uuid4())}
    return await client.post(order.path, json={**order.about, **named}, headers=act)


async def looked(client: httpx.AsyncClient, order: Order) -> int:
    answer = await client.get(order.path + order.look)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["count"])


@pytest.mark.parametrize("order", [RETRY, RESEND, REBUILD, REFILL])
async def test_an_order_about_a_count_that_was_not_shown_is_refused(
    whole: Whole, order: Order
) -> None:
    await complain(whole)
    await whole.settled()
    async with whole.client(order.service, OPERATOR) as client:
        seen = await looked(client, order)
        for invented in {seen + INVENTED, 0} - {seen}:
            refused = await given(client, order, invented)
            assert refused.status_code == 409, refused.text
            assert refused.json()["code"] == "rival-act"
            assert refused.json()["count"] >= seen
        unsaid = await given(client, order, None)
        assert unsaid.status_code == 422


async def test_a_drop_without_its_count_is_refused(whole: Whole) -> None:
    path = f"/operator/parked/reactions/{uuid4()}/drop"
    act = {"Idempotency-Key": str(uuid4())}
    async with whole.client("routing", OPERATOR) as client:
        unsaid = await client.post(path, json={"reason": "a"}, headers=act)
    assert unsaid.status_code == 422


async def test_what_came_since_the_look_is_on_record_as_the_service_counts_it(
    whole: Whole,
) -> None:
    async with whole.client("reporting", OPERATOR) as client:
        seen = await looked(client, REBUILD)
        await complain(whole)
        await whole.settled()
        done = await given(client, REBUILD, seen)
        assert done.status_code == 200, done.text
        now = await looked(client, REBUILD)
    assert seen < done.json()["records"] <= now
    about = ("--service", "reporting", "--types", "RebuildOrdered", "--json")
    said = (await whole.cli("events", *about)).out.splitlines()
    assert json.loads(said[-1])["data"]["records"] == done.json()["records"]


async def test_a_rebuild_as_of_a_time_is_made_aside_and_on_record(whole: Whole) -> None:
    await complain(whole)
    await whole.settled()
    then = ("--as-of", "2023-11-10T18:00+08:00")
    made = await whole.cli("rebuild", "clue", *then, "--yes")
    assert made.code == 0, made
    assert "not on record" not in made.err
    about = ("--service", "reporting", "--types", "RebuildOrdered", "--json")
    said = (await whole.cli("events", *about)).out.splitlines()
    assert json.loads(said[-1])["data"]["as_of"] == "2023-11-10T10:00:00Z"
    aside = replace(REBUILD, about={"as_of": "2023-11-10T18:00:00+08:00"})
    async with whole.client("reporting", OPERATOR) as client:
        refused = await given(client, aside, await looked(client, aside))
    assert refused.status_code == 409
    assert refused.json()["code"] == "conflict"


async def test_a_topic_is_filled_again_while_the_system_runs_and_that_is_on_record(
    whole: Whole,
) -> None:
    await complain(whole)
    await whole.settled()
    said = await whole.cli("refill", "--service", "routing", "--yes", "--json")
    assert said.code == 0, said
    count = json.loads(said.out)["counts"]["routing"]
    await whole.settled()
    about = ("--service", "routing", "--types", "RefillOrdered", "--json")
    told = (await whole.cli("events", *about)).out.splitlines()
    assert json.loads(told[-1])["data"]["records"] >= count
    verified = await whole.cli("verify", "--service", "routing")
    assert verified.code == 0, verified


async def until_refused(
    give: Callable[[], Awaitable[httpx.Response]],
) -> tuple[int, httpx.Response]:
    """Give an order again and again; return how often it was taken, and the refusal.

    One more place is free each second.
    """
    for taken in range(ENOUGH):
        answer = await give()
        if answer.status_code == 429:
            return taken, answer
    raise AssertionError(f"{ENOUGH} orders were taken")


async def test_the_order_after_sixty_in_a_minute_is_told_when_to_come_again(
    whole: Whole,
) -> None:
    async with whole.client("enforcement", ANOTHER) as client:
        stopping = partial(client.post, "/operator/rebuilds/nothing/cancellation")
        taken, first = await until_refused(stopping)
        others = [
            await until_refused(partial(given, client, one, INVENTED))
            for one in (RETRY, RESEND, REBUILD, REFILL)
        ]
        shown = await client.get(RETRY.path)
    assert taken >= QUOTA
    for refused in (first, *(answer for _, answer in others)):
        assert refused.json()["code"] == "too-many-requests"
        assert int(refused.headers["Retry-After"]) >= 1
    assert shown.status_code == 200
