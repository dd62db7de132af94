"""Records that are not ours, or not yet ours: counted or parked, and all goes on."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.events.command import Stamp
from libs.events.contracts.operation import ParkedEventDropped
from libs.events.event import Actor, Event, New
from libs.events.journal.journal import Journal
from libs.events.journal.words import Appended, Commit
from libs.events.journal.writer import Writer
from libs.events.stream.topics import PARTITIONS
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Act, Whole
from tests.eventually import eventually
from tests.topic_copy import Raw, read_raw, write_raw

DROPPED = ParkedEventDropped.name


def everywhere(key: bytes, value: bytes | None) -> list[Raw]:
    """Return one foreign record for each partition."""
    return [Raw(number, key, value, ()) for number in range(PARTITIONS)]


async def test_records_without_headers_tombstones_and_truncated_ones_are_stepped_over(
    whole: Whole,
) -> None:
    await complain(whole)
    await whole.settled()
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    topic = f"{prefix}qingxin.intake.v1"
    ours = (await read_raw(kafka, topic))[-1]
    truncated = Raw(ours.partition, ours.key, ours.value, ours.headers[:7])
    foreign = [
        *everywhere(b"nobody", b"{"),
        *everywhere(b"nobody", None),
        truncated,
    ]
    await write_raw(kafka, topic, foreign)
    after = await complain(whole)
    await whole.settled()
    shown = await whole.get("au-01", "reporting", f"/v1/cases/{after.case_id}")
    assert shown["number"] == after.receipt
    said = await whole.cli("verify", "--service", "intake")
    assert said.code == 0, said
    assert "foreign" in said.out
    parked = await whole.cli("parked", "list")
    assert parked.code == 0, parked


class ScreenedAnew(Event, name="ClueScreened", version=99):
    """What a newer release of intake might say."""

    clue_id: UUID


async def settled_clue(whole: Whole) -> UUID:
    """Complain; return the clue once nothing more is to be said of it.

    Whoever still had to react to it in intake would fail on the newer version.
    """
    clue_id = (await complain(whole)).clue_id
    await whole.settled()
    return clue_id


async def newer_version(whole: Whole, clue_id: UUID) -> str:
    """Append it to a clue's stream, as another replica would; return its id."""
    stream = f"clue-{clue_id}"
    stamp = Stamp(
        command_id=uuid4(),
        request_hmac=b"n" * 32,
        actor=Actor(UUID(int=9), "inspection", "LI"),
        at=datetime(2023, 11, 10, tzinfo=UTC),
        correlation_id=clue_id,
    )
    async with whole.database("intake") as pool:
        version = len((await Journal(pool, "intake").read_streams([stream]))[stream])
        writer = Writer(whole.settings.app_dsn("intake"))
        await writer.start()
        try:
            said = New(stream, ScreenedAnew(clue_id=clue_id))
            done = await writer.submit(Commit(stamp, {stream: version}, [said]))
        finally:
            await writer.stop()
    assert isinstance(done, Appended)
    return str(done.events[0].id)


async def parked(whole: Whole) -> list[dict[str, Any]]:
    """Return what is parked anywhere, as the command lists it."""
    said = await whole.cli("parked", "list", "--json")
    found: list[dict[str, Any]] = json.loads(said.out)["parked"]
    assert said.code == (4 if found else 0)
    return found


@pytest.mark.slow
async def test_a_version_from_the_future_is_parked_retried_and_dropped_for_a_reason(
    whole: Whole,
) -> None:
    event_id = await newer_version(whole, await settled_clue(whole))
    await whole.settled()
    waiting = await parked(whole)
    assert {"routing", "reporting"} <= {row["consumed_by"] for row in waiting}
    why = {row["event_id"]: (row["reason"], row["error_code"]) for row in waiting}
    assert why == {event_id: ("unknown-version", None)}, waiting
    await others_go_on(whole)
    assert (await whole.cli("parked", "retry", "--yes")).code == 0

    async def tried_again() -> bool:
        return all(row["attempts"] > 1 for row in await parked(whole))

    await eventually(tried_again)
    # Routing's reactions and a view of its cannot read it: each is a matter of its own.
    one = ("--event", event_id, "--service", "routing", "--consumer", "reactions")
    assert "Say why" in (await whole.cli("parked", "drop", *one)).err
    prose = await whole.cli("parked", "drop", *one, "--reason", "Mr Li phoned", "--yes")
    assert prose.code == 1
    said_why = (*one, "--reason", "from-a-test")
    unsure = await whole.cli("parked", "drop", *said_why)
    assert "Say --yes" in unsure.err
    done = await whole.cli("parked", "drop", *said_why, "--yes")
    assert done.code == 0, done
    for row in await parked(whole):
        await drop(whole, row)
    assert await parked(whole) == []
    said = await whole.cli("events", "--service", "routing", "--types", DROPPED)
    assert event_id in said.out
    assert "from-a-test" in said.out


async def drop(whole: Whole, row: dict[str, Any]) -> None:
    """Drop a parked event over HTTP, twice with one key: the same act."""
    path = f"/operator/parked/{row['consumer']}/{row['event_id']}/drop"
    seen = await whole.get("op-01", row["consumed_by"], path)
    body = {"reason": "from-a-test", "count": seen["count"]}
    act = Act("op-01", row["consumed_by"], path, body, on_something=False)
    assert not (await whole.do(act))["repeated"]
    assert (await whole.do(act))["repeated"]


async def others_go_on(whole: Whole) -> None:
    """Hold that the same partitions' other streams are applied."""
    after = await complain(whole)
    await whole.settled()
    shown = await whole.get("au-01", "reporting", f"/v1/cases/{after.case_id}")
    assert shown["number"] == after.receipt
