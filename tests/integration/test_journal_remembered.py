"""A long stream is read on from where it was left, while it is the same stream."""

from libs.events.contracts.reporting import WeeklyStatisticsPublished
from libs.events.event import New
from libs.events.journal.remembered import LONG, MOST, Remembered
from libs.events.journal.words import Commit
from tests.journal_scene import a_commit, a_stamp, a_stream, journal_scene
from tests.seal_scene import as_superuser
from tests.stack import FreshDatabases

TEXT = "规则" * LONG


def said(stream: str, version: int) -> Commit:
    """Say a long text at the end of a stream."""
    event = WeeklyStatisticsPublished(
        period_id=a_stamp().command_id,
        campaign_id=a_stamp().command_id,
        week=version + 1,
        document_sha256="0" * 64,
        document=TEXT,
    )
    return Commit(a_stamp(), {stream: version}, [New(stream, event)])


async def test_what_is_remembered_is_what_stands_there(
    fresh_database: FreshDatabases,
) -> None:
    """It grows, and a row that was changed or lost is read anew."""
    async with journal_scene(fresh_database) as scene:
        long, short = a_stream(), a_stream()
        await scene.writer.submit(said(long, 0))
        await scene.writer.submit(a_commit({short: 0}))
        first = await scene.journal.read_streams([long, short])
        await scene.writer.submit(said(long, 1))
        second = await scene.journal.read_streams([long, short])
        # The first event is the same object: its text was not read again.
        assert second[long][0] is first[long][0]
        assert second[short][0] is not first[short][0]
        assert [one.version for one in second[long]] == [1, 2]
        assert [one.fact().week for one in second[long]] == [1, 2]  # type: ignore[attr-defined]
        changed = "UPDATE journal.event SET leaf = sha256('x') WHERE stream = $1"
        await as_superuser(scene.owner_dsn, f"{changed} AND version = 2", long)
        third = await scene.journal.read_streams([long])
        assert third[long][0] is not second[long][0]
        assert third[long][1].leaf != second[long][1].leaf
        lost = "DELETE FROM journal.event WHERE stream = $1 AND version = 2"
        await as_superuser(scene.owner_dsn, lost, long)
        assert [
            one.version for one in (await scene.journal.read_streams([long]))[long]
        ] == [1]


async def test_a_caller_may_do_what_it_likes_with_what_it_got(
    fresh_database: FreshDatabases,
) -> None:
    async with journal_scene(fresh_database) as scene:
        stream = a_stream()
        await scene.writer.submit(said(stream, 0))
        (await scene.journal.read_streams([stream]))[stream].clear()
        assert len((await scene.journal.read_streams([stream]))[stream]) == 1


async def test_so_many_streams_are_remembered_and_no_more(
    fresh_database: FreshDatabases,
) -> None:
    async with journal_scene(fresh_database) as scene:
        stream = a_stream()
        await scene.writer.submit(said(stream, 0))
        events = (await scene.journal.read_streams([stream]))[stream]
        known = Remembered()
        for number in range(MOST + 1):
            known.keep(f"s-{number}", events)
        assert (known.version("s-0"), known.version("s-1")) == (0, 1)
