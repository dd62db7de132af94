"""Every attack on a log is named: the first bad place, or what seal disproves it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from libs.events.stream.topics import partition_of
from tests.seal_scene import a_sealed_scene
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import a_stream
from tests.tampering import (
    ATTACKS,
    DISPROVED,
    LAST,
    ROUNDS,
    STREAMS,
    Attack,
    Field,
)


@pytest.fixture
async def field(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str, tmp_path: Path
) -> AsyncIterator[Field]:
    """Twenty events, sealed at eight and at sixteen, all on the topic."""
    async with a_sealed_scene(fresh_database, topics, kafka, tmp_path) as sealed:
        scene = sealed.scene
        relay = await scene.relay()
        await scene.append_many(_apart(), rounds=ROUNDS)
        await relay.force_tick()
        await sealed.sealer().step()
        await relay.stop()
        yield Field(sealed, topics, scene.topic)


def _apart() -> Sequence[str]:
    # Each in a partition of its own: which place is the first bad one hangs on that.
    found: dict[int, str] = {}
    while len(found) < STREAMS:
        stream = a_stream()
        found.setdefault(partition_of(stream), stream)
    return [*found.values()]


async def test_an_untouched_log_agrees_with_its_topic_and_seals(field: Field) -> None:
    verdict = await field.verdict()
    assert verdict.agrees, verdict
    assert (verdict.rows, verdict.records, verdict.seals) == (LAST, LAST, 2)
    assert not await field.doubt()


@pytest.mark.parametrize(
    ("attack", "named"), ATTACKS, ids=[attack.__name__ for attack, _ in ATTACKS]
)
async def test_an_attack_is_named(field: Field, attack: Attack, named: str) -> None:
    await attack(field)
    verdict = await field.verdict()
    assert verdict.wrong is not None
    assert field.named(named) in verdict.wrong
    assert await field.doubt()
    # A log that is another, not only damaged, is also disproved by a seal.
    assert (verdict.disproved_by is not None) == (attack in DISPROVED), verdict
