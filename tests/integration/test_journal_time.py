"""Recorded time only goes on; simulated time is the deployment's, real nobody's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest

from libs.events.journal.migrate import (
    DeploymentDiffers,
    MigrationChanged,
    migrate,
)
from libs.events.journal.words import Appended, ClockAhead, Deployment, RealTime
from tests.journal_scene import (
    RECEIPT,
    ROLE,
    SERVICE,
    SITE,
    START,
    Scene,
    a_commit,
    a_stamp,
    a_stream,
    journal_scene,
)
from tests.stack import FreshDatabases

MICRO = timedelta(microseconds=1)


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


@pytest.fixture
async def simulated(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database, simulate=True) as made:
        yield made


async def _appended(scene: Scene, caused_at: datetime | None = None) -> Appended:
    stamp = a_stamp(caused_at=caused_at)
    result = await scene.writer.submit(a_commit({a_stream(): 0}, stamp=stamp))
    assert isinstance(result, Appended)
    return result


async def test_every_event_is_recorded_after_the_one_before(scene: Scene) -> None:
    results = await asyncio.gather(*(_appended(scene) for _ in range(100)))
    times = [event.recorded_at for result in results for event in result.events]
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[-1] <= await scene.journal.now()


async def test_what_follows_is_recorded_after_its_cause(scene: Scene) -> None:
    cause = await scene.journal.now() + timedelta(seconds=30)
    result = await _appended(scene, caused_at=cause)
    assert result.events[0].recorded_at == cause + MICRO
    assert (await _appended(scene)).events[0].recorded_at == cause + 2 * MICRO
    assert (await scene.journal.head()).recorded_at == cause + 2 * MICRO


async def test_a_cause_far_ahead_of_the_clock_is_refused(scene: Scene) -> None:
    cause = await scene.journal.now() + timedelta(seconds=90)
    with pytest.raises(ClockAhead):
        await _appended(scene, caused_at=cause)
    assert (await scene.journal.head()).seq == 0


async def test_a_tick_moves_the_head_on_and_nothing_is_recorded_before_it(
    scene: Scene,
) -> None:
    before = await _appended(scene)
    ticked = await scene.journal.tick()
    assert ticked.seq == before.last_seq
    assert ticked.recorded_at > before.events[0].recorded_at
    assert (await _appended(scene)).events[0].recorded_at > ticked.recorded_at


async def test_simulated_time_stands_until_it_is_moved(simulated: Scene) -> None:
    first = await _appended(simulated)
    second = await _appended(simulated)
    assert first.events[0].recorded_at == START
    assert second.events[0].recorded_at == START + MICRO
    later = START + timedelta(days=7)
    await simulated.journal.advance_clock(later)
    assert await simulated.journal.now() == later
    assert (await simulated.journal.tick()).recorded_at == later
    assert (await _appended(simulated)).events[0].recorded_at == later + MICRO
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await simulated.journal.advance_clock(START)


async def test_a_real_deployment_refuses_a_clock_that_is_handed_to_it(
    scene: Scene,
) -> None:
    with pytest.raises(RealTime):
        await scene.journal.advance_clock(datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="start time"):
        Deployment(SITE, "real", START)
    with pytest.raises(DeploymentDiffers):
        await migrate(
            scene.owner_dsn, SERVICE, ROLE, Deployment(SITE, "simulated", START)
        )


async def test_a_series_begins_anew_with_the_year_in_shanghai(
    simulated: Scene,
) -> None:
    async def serial() -> str | None:
        commit = a_commit({a_stream(): 0}, series=RECEIPT)
        result = await simulated.writer.submit(commit)
        assert isinstance(result, Appended)
        return result.events[0].serial

    # 16:00 UTC is midnight in Shanghai.
    await simulated.journal.advance_clock(datetime(2023, 12, 31, 15, 59, tzinfo=UTC))
    assert await serial() == "310199-20231231-SJ-000001"
    assert await serial() == "310199-20231231-SJ-000002"
    await simulated.journal.advance_clock(datetime(2023, 12, 31, 16, 0, tzinfo=UTC))
    assert await serial() == "310199-20240101-SJ-000001"


async def test_a_second_migration_has_nothing_to_do(scene: Scene) -> None:
    assert await migrate(scene.owner_dsn, SERVICE, ROLE, Deployment(SITE, "real")) == []


async def test_a_migration_that_was_edited_after_it_ran_is_refused(
    scene: Scene,
) -> None:
    await scene.execute(
        "UPDATE migration SET sha256 = 'another' WHERE name = 'events/0005_event.sql'"
    )
    with pytest.raises(MigrationChanged, match=r"0005_event\.sql"):
        await migrate(scene.owner_dsn, SERVICE, ROLE, Deployment(SITE, "real"))
