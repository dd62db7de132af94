"""The place in an act's answer is one that a reader of its partition comes to."""

from types import SimpleNamespace
from typing import Any

from libs.acts import answered
from libs.events.event import Recorded
from libs.events.perform import Done
from libs.events.stream.topics import partition_of
from libs.ids import named
from tests.told_story import Story
from tests.unit.matters import CASE, OPENED
from tests.unit.offices import on

MAIN = f"case-{CASE}"


def at(sequence: int, stream: str, version: int = 1) -> Recorded:
    times, numbers = (on(11, 13), None), (sequence, version)
    return Story.recorded("routing", stream, OPENED, times, numbers)


def elsewhere() -> str:
    """Return a stream whose events go to another partition than the main one's."""
    streams = (f"dossier-{named('test-dossier', n)}" for n in range(100))
    return next(s for s in streams if partition_of(s) != partition_of(MAIN))


def test_what_an_act_wrote_to_another_partition_is_not_waited_for_there() -> None:
    events = (at(13, MAIN, 4), at(14, elsewhere()))
    appended: Any = SimpleNamespace(events=events)
    desk: Any = SimpleNamespace(service="routing")
    answer, version = answered(desk, Done(appended, repeated=False, answer={}), MAIN)
    place: Any = answer["position"]
    assert (place["sequence"], place["partition"]) == (13, partition_of(MAIN))
    assert (place["stream"], version) == (MAIN, 4)
