"""Rivals for one stream: one wins, nobody is half written, every key answers once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from libs.events.journal.call import Call
from libs.events.journal.words import Appended, Conflicted, KeyReused, Repeated
from tests.journal_scene import Scene, a_commit, a_stamp, a_stream, journal_scene
from tests.stack import FreshDatabases


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


async def test_of_twenty_rival_creates_exactly_one_wins(scene: Scene) -> None:
    stream = a_stream()
    writers = [scene.writer, await scene.another_writer()]
    results = await asyncio.gather(
        *(writers[n % 2].submit(a_commit({stream: 0})) for n in range(20))
    )
    assert sum(isinstance(result, Appended) for result in results) == 1
    assert sum(isinstance(result, Conflicted) for result in results) == 19
    assert await scene.prove() == 1


async def test_several_streams_are_written_all_or_none(scene: Scene) -> None:
    taken, free = a_stream(), a_stream()
    await scene.writer.submit(a_commit({taken: 0}))
    result = await scene.writer.submit(a_commit({free: 0, taken: 0}))
    assert isinstance(result, Conflicted)
    streams = await scene.journal.read_streams([taken, free])
    assert [len(streams[name]) for name in (taken, free)] == [1, 0]
    result = await scene.writer.submit(a_commit({free: 0, taken: 1}))
    assert isinstance(result, Appended)
    assert [(e.stream, e.version) for e in result.events] == [(free, 1), (taken, 2)]


async def test_a_command_that_only_read_a_stream_conflicts_when_it_moved(
    scene: Scene,
) -> None:
    read, written = a_stream(), a_stream()
    await scene.writer.submit(a_commit({read: 0}))
    stale = a_commit({read: 0, written: 0}, writes=[written])
    assert isinstance(await scene.writer.submit(stale), Conflicted)
    fresh = a_commit({read: 1, written: 0}, writes=[written])
    assert isinstance(await scene.writer.submit(fresh), Appended)


async def test_a_command_that_touches_a_stream_of_the_batch_waits_for_the_next(
    scene: Scene,
) -> None:
    # Submitted together, yet the second already knows the version the first makes.
    stream, other = a_stream(), a_stream()
    first, second, third = await asyncio.gather(
        scene.writer.submit(a_commit({stream: 0})),
        scene.writer.submit(a_commit({stream: 1})),
        scene.writer.submit(a_commit({stream: 2, other: 0}, writes=[other])),
    )
    assert isinstance(first, Appended)
    assert isinstance(second, Appended)
    assert isinstance(third, Appended)
    assert (first.last_seq, second.first_seq, third.first_seq) == (1, 2, 3)


async def test_the_database_lets_no_two_commands_of_a_call_share_a_stream(
    scene: Scene,
) -> None:
    stream = a_stream()
    results = await scene.journal.append_page(
        Call([a_commit({stream: 0}), a_commit({stream: 1}), a_commit({stream: 0})])
    )
    assert [type(result) for result in results] == [Appended, Conflicted, Conflicted]


async def test_a_repeated_command_gets_its_first_answer(scene: Scene) -> None:
    stamp, stream = a_stamp(), a_stream()
    first = await scene.writer.submit(a_commit({stream: 0}, stamp=stamp))
    again = await scene.writer.submit(a_commit({stream: 1}, stamp=stamp))
    assert isinstance(again, Repeated)
    assert again.first == first
    assert await scene.prove() == 1


async def test_a_command_id_with_another_request_is_refused(scene: Scene) -> None:
    stamp, stream = a_stamp(), a_stream()
    await scene.writer.submit(a_commit({stream: 0}, stamp=stamp))
    other = a_stamp(command_id=stamp.command_id, body=b"another body")
    result = await scene.writer.submit(a_commit({a_stream(): 0}, stamp=other))
    assert isinstance(result, KeyReused)


async def test_concurrent_twins_get_one_answer(scene: Scene) -> None:
    stamp = a_stamp()
    other = await scene.another_writer()
    results = await asyncio.gather(
        *(
            writer.submit(a_commit({a_stream(): 0}, stamp=stamp))
            for writer in (scene.writer, other, scene.writer, other)
        )
    )
    firsts = [result for result in results if isinstance(result, Appended)]
    repeats = [result for result in results if isinstance(result, Repeated)]
    assert len(firsts) == 1
    assert [repeat.first for repeat in repeats] == firsts * 3


async def test_a_command_that_says_nothing_is_kept_too(scene: Scene) -> None:
    stamp, stream = a_stamp(), a_stream()
    await scene.writer.submit(a_commit({a_stream(): 0}))
    quiet = await scene.writer.submit(a_commit({stream: 0}, writes=[], stamp=stamp))
    assert isinstance(quiet, Appended)
    assert (quiet.first_seq, quiet.last_seq, quiet.events) == (2, 1, ())
    again = await scene.writer.submit(a_commit({stream: 0}, stamp=stamp))
    assert again == Repeated(quiet)
