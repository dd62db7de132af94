"""A reaction decides once for each event, by page, whatever is replayed or raced."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from libs import ids
from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import ClaimListed
from libs.events.decider import Read, Rule, States
from libs.events.event import New, Recorded, Source
from libs.events.journal.journal import Journal
from libs.events.journal.words import (
    ClockAhead,
    Commit,
    PositionMoved,
    PositionUpdate,
)
from libs.events.reactions import Reaction, Reactor, findings, system_actor
from tests.claim_list import COPY, KNOWN, LIST, CopyList, ListClaim, accepted
from tests.journal_scene import SERVICE, Scene, a_stamp, journal_scene
from tests.stack import FreshDatabases

OUTCOMES = "SELECT * FROM journal.reaction_outcome ORDER BY decided_at, event_id"
CONSUMER = ("reactor", "qingxin.intake.v1", 3)
Commands = Callable[[Recorded], Sequence[Command]]


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


def _reactor(
    scene: Scene, commands: Commands, since: datetime | None = None
) -> Reactor:
    reaction = Reaction("list-claims", (ClaimListed,), since, commands)
    return Reactor(
        name="reactor",
        services=frozenset({"intake"}),
        journal=scene.journal,
        reactions=[reaction],
        rules={ListClaim: LIST, CopyList: COPY},
        actor=system_actor("enforcement"),
    )


def _position(before: int, events: Sequence[Recorded]) -> PositionUpdate:
    index = before + len(events)
    return PositionUpdate(*CONSUMER, before, index, events[-1].id, index)


async def _heard(scene: Scene, count: int, case_id: UUID) -> list[Recorded]:
    """Return events as if another service had said them."""
    streams = [f"known-{uuid4()}" for _ in range(count)]
    for stream in streams:
        event = ClaimListed(case_id=case_id, claim_id=uuid4())
        await scene.writer.submit(Commit(a_stamp(), {stream: 0}, [New(stream, event)]))
    return (await scene.journal.read(0))[-count:]


def _same_case(record: Recorded) -> Sequence[Command]:
    event = record.fact()
    assert isinstance(event, ClaimListed)
    return [ListClaim(case_id=event.case_id, claim_id=event.claim_id)]


async def _listed(scene: Scene, case_id: UUID) -> list[Recorded]:
    stream = KNOWN.stream(case_id)
    return (await scene.journal.read_streams([stream]))[stream]


async def test_commands_of_one_page_build_on_each_other(scene: Scene) -> None:
    case_id = uuid4()
    heard = await _heard(scene, 10, case_id)
    # The same claim twice in one page: the second finds it listed.
    heard.append(replace(heard[0], id=uuid4(), event=heard[0].fact()))
    await _reactor(scene, _same_case).react(heard, [_position(-1, heard)])
    listed = await _listed(scene, case_id)
    assert [event.version for event in listed] == list(range(1, 11))
    outcomes = await scene.journal.pool.fetch(OUTCOMES)
    assert sorted(row["outcome"] for row in outcomes) == ["done"] * 10 + ["nothing"]
    numbered = {row["event_id"]: row["seqs"] for row in outcomes}
    for cause, effect in zip(heard, listed, strict=False):
        assert numbered[cause.id] == [effect.seq]
    assert await scene.prove() == 20


async def test_what_follows_names_its_cause(scene: Scene) -> None:
    heard = await _heard(scene, 1, uuid4())
    await _reactor(scene, _same_case).react(heard, [_position(-1, heard)])
    cause, effect = await scene.journal.read(0)
    assert effect.causation_id == cause.id
    assert effect.correlation_id == cause.correlation_id
    assert effect.command_id == ids.reaction_command_id("list-claims", cause.id)
    assert effect.source is Source.REACTION
    assert effect.actor.role == "system"
    assert effect.occurred_at == cause.recorded_at
    assert effect.recorded_at > cause.recorded_at


async def test_a_page_that_comes_again_decides_nothing_again(scene: Scene) -> None:
    heard = await _heard(scene, 5, uuid4())
    reactor = _reactor(scene, _same_case)
    await reactor.react(heard, [_position(-1, heard)])
    before = await scene.journal.head()
    await reactor.react(heard, [replace(_position(-1, heard), before=4, index=5)])
    assert await scene.journal.head() == before


async def test_outcome_and_position_stand_or_fall_with_the_events(
    scene: Scene,
) -> None:
    heard = await _heard(scene, 3, uuid4())
    reactor = _reactor(scene, _same_case)
    with pytest.raises(PositionMoved):
        await reactor.react(heard, [_position(7, heard)])
    assert await scene.journal.pool.fetch(OUTCOMES) == []
    assert (await scene.journal.head()).seq == 3
    await reactor.react(heard, [_position(-1, heard)])
    row = await scene.journal.pool.fetchrow("SELECT * FROM public.position")
    assert (row["idx"], row["event_id"]) == (2, heard[-1].id)
    # Not from behind either: the row is there, at another index.
    with pytest.raises(PositionMoved):
        await reactor.react(heard, [_position(1, heard)])
    assert (await scene.journal.head()).seq == 6


async def test_a_zombie_and_its_successor_decide_once(scene: Scene) -> None:
    case_id = uuid4()
    heard = await _heard(scene, 20, case_id)
    results = await asyncio.gather(
        *(
            _reactor(scene, _same_case).react(heard, [_position(-1, heard)])
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    assert results.count(None) == 1
    assert sum(isinstance(result, PositionMoved) for result in results) == 3
    assert len(await _listed(scene, case_id)) == 20
    assert await scene.prove() == 40


async def test_a_page_is_decided_again_when_a_door_moved_its_stream(
    scene: Scene,
) -> None:
    case_id = uuid4()
    heard = await _heard(scene, 5, case_id)
    raced = False

    class Racing(Journal):
        """A journal at which an officer acts right after the first reading."""

        async def read_streams(self, names: Sequence[str]) -> dict[str, list[Recorded]]:
            nonlocal raced
            found = await super().read_streams(names)
            if not raced:
                raced = True
                new = New(KNOWN.stream(case_id), heard[0].fact())
                await scene.writer.submit(Commit(a_stamp(), {new.stream: 0}, [new]))
            return found

    racing = Racing(scene.journal.pool, SERVICE)
    reactor = replace(_reactor(scene, _same_case), journal=racing)
    await reactor.react(heard, [_position(-1, heard)])
    # The officer listed the first claim meanwhile: the reaction had nothing to do.
    listed = await _listed(scene, case_id)
    assert len(listed) == 5
    outcomes = await scene.journal.pool.fetch(OUTCOMES)
    assert sorted(row["outcome"] for row in outcomes) == ["done"] * 4 + ["nothing"]


async def test_a_refusal_is_a_finding_and_is_kept(scene: Scene) -> None:
    heard = await _heard(scene, 2, uuid4())

    def refused_first(record: Recorded) -> Sequence[Command]:
        if record.id != heard[0].id:
            return _same_case(record)
        case_id = heard[0].id
        return [ListClaim(case_id=case_id, claim_id=case_id)]

    reactor = _reactor(scene, refused_first)
    await reactor.react(heard, [_position(-1, heard)])
    (finding,) = await findings(scene.journal)
    assert (finding.reaction, finding.event_id) == ("list-claims", heard[0].id)
    assert finding.code == "no-claim"
    # Decided is decided, also when the rule would now allow it.
    await _reactor(scene, _same_case).react(heard, ())
    assert (await scene.journal.head()).seq == 3


async def test_several_commands_of_one_event_have_ids_of_their_own(
    scene: Scene,
) -> None:
    case_id = uuid4()
    heard = await _heard(scene, 1, case_id)

    def three(_: Recorded) -> Sequence[Command]:
        return [ListClaim(case_id=case_id, claim_id=uuid4()) for _ in range(3)]

    await _reactor(scene, three).react(heard, [_position(-1, heard)])
    listed = await _listed(scene, case_id)
    assert len({event.command_id for event in listed}) == 3
    (row,) = await scene.journal.pool.fetch(OUTCOMES)
    assert row["seqs"] == [event.seq for event in listed]


async def test_states_that_name_more_streams_are_read_within_the_page(
    scene: Scene,
) -> None:
    first, claim, copy = uuid4(), uuid4(), uuid4()
    new = accepted(claim)
    await scene.writer.submit(Commit(a_stamp(), {new.stream: 0}, [new]))
    heard = await _heard(scene, 2, first)

    def then_copy(record: Recorded) -> Sequence[Command]:
        if record.id == heard[0].id:
            return [ListClaim(case_id=first, claim_id=claim)]
        return [CopyList(case_id=copy, other_id=first)]

    await _reactor(scene, then_copy).react(heard, [_position(-1, heard)])
    assert [e.fact() for e in await _listed(scene, copy)] == [
        ClaimListed(case_id=copy, claim_id=claim)
    ]


async def test_a_new_reaction_does_not_fire_on_history(scene: Scene) -> None:
    heard = await _heard(scene, 2, uuid4())
    since = heard[1].recorded_at
    await _reactor(scene, _same_case, since=since).react(heard, [_position(-1, heard)])
    (row,) = await scene.journal.pool.fetch(OUTCOMES)
    assert row["event_id"] == heard[1].id


async def test_a_page_without_work_still_moves_the_position(scene: Scene) -> None:
    heard = await _heard(scene, 2, uuid4())
    reactor = replace(_reactor(scene, _same_case), reactions=[])
    await reactor.react(heard, [_position(-1, heard)])
    assert await scene.journal.pool.fetchval("SELECT idx FROM public.position") == 1
    assert (await scene.journal.head()).seq == 2


async def test_an_error_that_is_no_refusal_goes_up_and_leaves_nothing(
    scene: Scene,
) -> None:
    heard = await _heard(scene, 2, uuid4())

    def broken(command: ListClaim, _: Stamp, __: States) -> Sequence[New]:
        raise KeyError(str(command.case_id))

    rule = Rule(ListClaim, lambda c: [Read(KNOWN, c.case_id)], broken)
    reactor = replace(_reactor(scene, _same_case), rules={ListClaim: rule})
    with pytest.raises(KeyError):
        await reactor.react(heard, [_position(-1, heard)])
    assert await scene.journal.pool.fetch(OUTCOMES) == []
    assert await scene.journal.pool.fetch("SELECT * FROM public.position") == []


async def test_a_cause_from_a_clock_far_ahead_is_an_alarm(scene: Scene) -> None:
    heard = await _heard(scene, 1, uuid4())
    later = replace(heard[0], recorded_at=heard[0].recorded_at + timedelta(hours=1))
    reactor = _reactor(scene, _same_case)
    with pytest.raises(ClockAhead):
        await reactor.react([later], [_position(-1, [later])])


async def test_after_a_restore_the_log_itself_says_what_was_done(
    scene: Scene,
) -> None:
    heard = await _heard(scene, 3, uuid4())
    reactor = _reactor(scene, _same_case)
    await reactor.react(heard, [_position(-1, heard)])
    await scene.execute(
        "ALTER TABLE journal.reaction_outcome DISABLE TRIGGER USER;"
        "DELETE FROM journal.reaction_outcome; DELETE FROM public.position"
    )
    await reactor.react(heard, [_position(-1, heard)])
    assert (await scene.journal.head()).seq == 6
    outcomes = await scene.journal.pool.fetch(OUTCOMES)
    assert [row["outcome"] for row in outcomes] == ["done"] * 3


async def test_two_reactions_of_one_name_are_refused(scene: Scene) -> None:
    reactor = _reactor(scene, _same_case)
    with pytest.raises(ValueError, match="one name"):
        replace(reactor, reactions=[*reactor.reactions, *reactor.reactions])
