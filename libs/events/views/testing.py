"""Given events, when a view or register reads them, then these rows; pure.

    given(told("claim-1", opened, paid)).project(CLAIMS).then({"claim-1": row})

Every list is read twice over and in pages of random sizes, and must give the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from libs.events.event import Actor, Event, Precision, Recorded, Source
from libs.events.views.fold import Fact, Version, facts_of_page, fold_page
from libs.events.views.view import Register, View

R = TypeVar("R")

FIRST = datetime(2023, 11, 10, 1, tzinfo=UTC)
NAMES = UUID("c5b0a4d2-6a55-5b7e-8b0e-0d8f2c1b7a11")
TRIES = 5


@dataclass(frozen=True)
class Told:
    """Events of one stream, not yet in a journal."""

    stream: str
    events: tuple[Event, ...]
    unit: str
    occurred_at: datetime | None


def told(
    stream: str, *events: Event, unit: str = "LI", occurred_at: datetime | None = None
) -> Told:
    """Say events of one stream; they occurred when recorded, unless said."""
    return Told(stream, events, unit, occurred_at)


def recorded(*stories: Told, service: str = "test") -> list[Recorded]:
    """Return events as a journal would hold them: a second apart, versions from 1."""
    versions: dict[str, int] = {}
    found: list[Recorded] = []
    for story in stories:
        for event in story.events:
            version = versions[story.stream] = versions.get(story.stream, 0) + 1
            found.append(_recorded(story, event, (len(found) + 1, version), service))
    return found


def _recorded(
    story: Told, event: Event, numbers: tuple[int, int], service: str
) -> Recorded:
    seq, version = numbers
    at = FIRST + timedelta(seconds=seq)
    key = uuid5(NAMES, f"{service}:{seq}:{story.stream}")
    return Recorded(
        seq=seq,
        id=key,
        site="310199000000",
        stream=story.stream,
        version=version,
        type=event.name,
        schema_version=event.schema_version,
        data=event.model_dump_json(),
        occurred_at=story.occurred_at or at,
        occurred_precision=Precision.INSTANT,
        recorded_at=at,
        actor=Actor(uuid5(NAMES, story.unit), "inspection", story.unit),
        source=Source.DOOR,
        serial=None,
        command_id=key,
        request_hmac=b"",
        hash_alg="sha256",
        correlation_id=key,
        causation_id=None,
        partition_key=story.stream,
        traceparent=None,
        service=service,
        event=event,
    )


@dataclass(frozen=True)
class Given:
    """Events that stand in a journal."""

    events: Sequence[Recorded]

    def project(self, view: View[R]) -> "Projected[R]":
        """Read the events into a view."""
        return Projected(view, self.events)

    def register(self, register: Register[R]) -> "Registered[R]":
        """Read the events into a register."""
        return Registered(register, self.events)


def given(*stories: Told | Recorded, service: str = "test") -> Given:
    """Begin with events: stories, or events as recorded elsewhere."""
    whole = [story for story in stories if isinstance(story, Recorded)]
    newly = [story for story in stories if isinstance(story, Told)]
    return Given([*whole, *recorded(*newly, service=service)])


@dataclass(frozen=True)
class Projected(Generic[R]):
    """A view that has read events."""

    view: View[R]
    events: Sequence[Recorded]

    def then(self, expected: Mapping[str, R]) -> None:
        """Expect these rows by stream, and no others, however the pages fell."""
        outcomes = [self._read_once(try_) for try_ in range(TRIES)]
        latest = {
            stream: version.row
            for stream, version in outcomes[0][0].items()
            if version.row is not None
        }
        assert latest == expected  # noqa: S101 -- this is what a test says.
        for outcome in outcomes:
            assert outcome == outcomes[0], "pages or duplicates changed the rows"  # noqa: S101 -- as above.

    def history(self) -> list[Version[R]]:
        """Return the versions that ended, in order of stream and version."""
        return self._read_once(0)[1]

    def _read_once(self, try_: int) -> tuple[dict[str, Version[R]], list[Version[R]]]:
        rows: dict[str, Version[R]] = {}
        closed: list[Version[R]] = []
        for page in pages(self.events, Random(try_)):  # noqa: S311 -- page sizes.
            changes = fold_page(self.view, _stored(self.view, rows, page), page)
            rows |= changes.latest
            closed += changes.closed
        return rows, sorted(closed, key=lambda v: (v.stream, v.version))


@dataclass(frozen=True)
class Registered(Generic[R]):
    """A register that has read events."""

    register: Register[R]
    events: Sequence[Recorded]

    def then(self, *expected: R) -> None:
        """Expect these lines in order of recording, however the pages fell."""
        for try_ in range(TRIES):
            lines = self._read_once(try_)
            assert [fact.row for fact in lines] == list(expected)  # noqa: S101 -- this is what a test says.

    def _read_once(self, try_: int) -> list[Fact[R]]:
        kept: dict[tuple[UUID, int], Fact[R]] = {}
        for page in pages(self.events, Random(try_)):  # noqa: S311 -- page sizes.
            for fact in facts_of_page(self.register, page):
                kept.setdefault((fact.event_id, fact.line), fact)
        return sorted(kept.values(), key=lambda f: (f.recorded_at, f.event_id, f.line))


def pages(events: Sequence[Recorded], random: Random) -> Iterator[list[Recorded]]:
    """Yield all events in pages of random sizes, stretches of them twice."""
    start = 0
    while start < len(events):
        end = min(len(events), start + random.randint(1, 7))
        # As after a crash: what was read already may be read again from further back.
        yield list(events[random.randint(max(0, start - 9), start) : end])
        start = end
    yield list(events)


def _stored(
    view: View[R], rows: Mapping[str, Version[R]], page: Iterable[Recorded]
) -> dict[str, Version[R]]:
    """Return the page's rows as they come back from their table."""
    streams = {event.stream for event in page} & rows.keys()
    return {stream: _back(view, rows[stream]) for stream in streams}


def _back(view: View[R], version: Version[R]) -> Version[R]:
    if version.row is None:
        return version
    values: list[Any] = view.columns.write(version.row)
    return version._replace(row=view.columns.read(values))
