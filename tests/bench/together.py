"""Three streams in one command, beside one stream, and beside a two-step saga."""

from collections.abc import Sequence

from libs.events.journal.words import Appended, Commit
from tests.bench.append import check
from tests.bench.loops import Closed
from tests.bench.measure import Meter, Sample
from tests.bench.payments import a_payment
from tests.bench.place import Place
from tests.journal_scene import Scene, a_stamp, a_stream, journal_scene
from tests.stack import FreshDatabases

CLIENTS = 32


async def one(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure one stream a command."""
    return await _measured(place, databases, "one stream", (1,))


async def three(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure three streams in one command, all or nothing."""
    return await _measured(place, databases, "three streams", (3,))


async def saga(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure two commands, one after the other's answer: one stream, then two."""
    return await _measured(place, databases, "two-step saga", (1, 2))


async def _measured(
    place: Place,
    databases: FreshDatabases,
    who: str,
    steps: Sequence[int],
) -> list[Sample]:
    async with journal_scene(databases) as scene:

        async def act(scene: Scene = scene) -> None:
            for streams in steps:
                expected = {a_stream(): 0 for _ in range(streams)}
                events = [a_payment(stream) for stream in expected]
                done = await scene.writer.submit(Commit(a_stamp(), expected, events))
                assert isinstance(done, Appended)

        loop, meter = Closed(CLIENTS), Meter(place.servers)
        spent = await loop.run(act, meter)
        await check(scene, loop.acts * sum(steps), chained=True)
    held = "count, no gap, the chain recomputed"
    return [meter.sample(who, str(CLIENTS), len(spent), spent, held=held)]
