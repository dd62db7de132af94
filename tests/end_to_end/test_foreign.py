"""Records that are not ours, or not yet ours: counted or parked, and all goes on."""

from collections.abc import Sequence
from uuid import uuid4

from libs.events.stream.topics import PARTITIONS
from tests.end_to_end.complaint import complain
from tests.end_to_end.whole import Whole
from tests.eventually import eventually
from tests.topic_copy import Raw, read_raw, write_raw

Rows = Sequence[dict[str, str]]


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


async def test_a_version_from_the_future_is_parked_listed_retried_and_dropped(
    whole: Whole,
) -> None:
    """The record stands on a topic of intake's, as a newer release would write it."""
    begun = await complain(whole)
    await whole.settled()
    event_id = await newer_version(whole, str(begun.clue_id))

    async def listed() -> bool:
        said = await whole.cli("parked", "list", "--service", "routing")
        return said.code == 4 and event_id in said.out

    await eventually(listed, 20)
    shown = await whole.cli(
        "parked", "show", "--service", "routing", "--event", event_id
    )
    assert "unknown-version" in shown.out, shown
    retried = await whole.cli("parked", "retry", "--service", "routing")
    assert retried.code == 0, retried
    assert await listed()
    refused = await whole.cli("parked", "drop", "--event", event_id)
    assert refused.err.startswith("qingxin: Say why: --reason CODE")


async def newer_version(whole: Whole, clue: str) -> str:
    """Send a clue's next event in a version nobody knows; return its id."""
    kafka, prefix = whole.settings.servers.kafka, whole.settings.prefix
    topic = f"{prefix}qingxin.intake.v1"
    ours = [raw for raw in await read_raw(kafka, topic) if is_ours(raw)]
    last = [raw for raw in ours if raw.header("ce_subject") == f"clue-{clue}"][-1]
    there = [raw for raw in ours if raw.partition == last.partition]
    index = max(int(raw.header("ce_partitionindex")) for raw in there) + 1
    event_id = str(uuid4())
    newer = (
        last.with_header("ce_id", event_id)
        .with_header("ce_partitionindex", str(index))
        .with_header("ce_type", "qingxin.intake.ClueRegistered.v99")
    )
    await write_raw(kafka, topic, [newer])
    return event_id


def is_ours(raw: Raw) -> bool:
    """Say whether a record has what every record of ours has."""
    return "ce_partitionindex" in dict(raw.headers)
