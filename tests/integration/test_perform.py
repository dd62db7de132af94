"""A command is performed once: repeated, raced, conditional, refused or too late."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from libs.events.contracts.enforcement import ClaimListed
from libs.events.decider import Rejected, Rule, States
from libs.events.event import Event, New, Recorded
from libs.events.journal.journal import Journal
from libs.events.journal.words import Answer, Commit
from libs.events.perform import (
    CommandKeyReused,
    Contended,
    PreconditionFailed,
    perform,
)
from tests.claim_list import (
    COPY,
    KNOWN,
    LIST,
    CopyList,
    ListClaim,
    accepted,
    list_claim,
)
from tests.journal_scene import SERVICE, Scene, a_commit, a_stamp, journal_scene
from tests.stack import FreshDatabases


@pytest.fixture
async def scene(fresh_database: FreshDatabases) -> AsyncIterator[Scene]:
    async with journal_scene(fresh_database) as made:
        yield made


def _named(events: Sequence[Event]) -> Answer:
    return {"claims": [str(e.claim_id) for e in events if isinstance(e, ClaimListed)]}


def _command(case_id: UUID | None = None) -> ListClaim:
    return ListClaim(case_id=case_id or uuid4(), claim_id=uuid4())


async def test_a_repeated_command_is_answered_before_it_is_decided(
    scene: Scene,
) -> None:
    command, stamp = _command(), a_stamp()
    first = await perform(scene.log, LIST, command, stamp, answer=_named)
    assert first.answer == {"claims": [str(command.claim_id)]}
    # Neither If-Match nor a rule is asked again, although both would refuse now.
    wrong = ListClaim(case_id=command.case_id, claim_id=command.case_id)
    stale = (KNOWN.stream(command.case_id), 0)
    again = await perform(scene.log, LIST, wrong, stamp, if_match=stale, answer=_named)
    assert again == replace(first, repeated=True)


async def test_a_repeat_that_is_refused_by_what_it_did_gets_the_first_answer(
    scene: Scene,
) -> None:
    command, stamp = _command(), a_stamp()
    first = await perform(scene.log, LIST, command, stamp, answer=_named)
    wrong = ListClaim(case_id=command.case_id, claim_id=command.case_id)
    again = await perform(scene.log, LIST, wrong, stamp, answer=_named)
    assert again == replace(first, repeated=True)


async def test_the_same_key_with_another_body_is_refused(scene: Scene) -> None:
    stamp = a_stamp()
    await perform(scene.log, LIST, _command(), stamp)
    other = a_stamp(command_id=stamp.command_id, body=b"another")
    with pytest.raises(CommandKeyReused):
        await perform(scene.log, LIST, _command(), other)


async def test_concurrent_twins_on_two_replicas_get_the_first_answer(
    scene: Scene,
) -> None:
    command, stamp = _command(), a_stamp()
    other = replace(scene.log, writer=await scene.another_writer())
    done = await asyncio.gather(
        *(
            perform(log, LIST, command, stamp, answer=_named)
            for log in (scene.log, other, scene.log, other)
        )
    )
    assert sorted(each.repeated for each in done) == [False, True, True, True]
    assert len({each.appended.first_seq for each in done}) == 1
    assert len({str(each.answer) for each in done}) == 1


async def test_rivals_of_one_case_all_come_through(scene: Scene) -> None:
    case_id = uuid4()
    other = replace(scene.log, writer=await scene.another_writer())
    await asyncio.gather(
        *(
            perform((scene.log, other)[n % 2], LIST, _command(case_id), a_stamp())
            for n in range(6)
        )
    )
    stream = KNOWN.stream(case_id)
    assert len((await scene.journal.read_streams([stream]))[stream]) == 6


async def test_if_match_names_the_version_that_the_officer_saw(scene: Scene) -> None:
    command = _command()
    stream = KNOWN.stream(command.case_id)
    await perform(scene.log, LIST, command, a_stamp(), if_match=(stream, 0))
    with pytest.raises(PreconditionFailed) as refused:
        await perform(scene.log, LIST, command, a_stamp(), if_match=(stream, 0))
    assert refused.value.version == 1


async def test_if_match_holds_for_a_stream_that_the_rule_does_not_read(
    scene: Scene,
) -> None:
    seen = f"clue-{uuid4()}"
    with pytest.raises(PreconditionFailed):
        await perform(scene.log, LIST, _command(), a_stamp(), if_match=(seen, 3))
    done = await perform(scene.log, LIST, _command(), a_stamp(), if_match=(seen, 0))
    assert len(done.events) == 1


async def test_a_refusal_is_not_kept_so_it_may_be_tried_again(scene: Scene) -> None:
    stamp, command = a_stamp(), _command()
    wrong = ListClaim(case_id=command.case_id, claim_id=command.case_id)
    with pytest.raises(Rejected, match="no-claim"):
        await perform(scene.log, LIST, wrong, stamp)
    assert not (await perform(scene.log, LIST, command, stamp)).repeated


async def test_what_a_state_names_is_read_and_named_to_the_append(
    scene: Scene,
) -> None:
    first, second, copy = uuid4(), uuid4(), uuid4()
    for claim_id in (second, uuid4()):
        listed = ListClaim(case_id=first, claim_id=claim_id)
        await perform(scene.log, LIST, listed, a_stamp())
    new = accepted(second)
    await scene.writer.submit(Commit(a_stamp(), {new.stream: 0}, [new]))
    command = CopyList(case_id=copy, other_id=first)
    done = await perform(scene.log, COPY, command, a_stamp())
    assert [event.fact() for event in done.events] == [
        ClaimListed(case_id=copy, claim_id=second)
    ]


async def test_a_stream_that_moves_at_every_attempt_ends_as_contended(
    scene: Scene,
) -> None:
    command, attempts = _command(), 0
    stream = KNOWN.stream(command.case_id)

    class Moving(Journal):
        """A journal whose stream moves right after each reading."""

        async def read_streams(self, names: Sequence[str]) -> dict[str, list[Recorded]]:
            nonlocal attempts
            found = await super().read_streams(names)
            await scene.writer.submit(a_commit({stream: len(found[stream])}))
            attempts += 1
            return found

    log = replace(scene.log, journal=Moving(scene.journal.pool, SERVICE))
    with pytest.raises(Contended):
        await perform(log, LIST, command, a_stamp())
    assert attempts == 10


async def test_everything_about_one_clue_is_in_its_correlation(scene: Scene) -> None:
    plain = replace(a_stamp(), correlation_id=None)
    case_id = uuid4()
    alone = await perform(scene.log, LIST, _command(case_id), plain)
    assert alone.events[0].correlation_id == case_id
    new = accepted(uuid4())

    def accept(_: ListClaim, __: object, ___: States) -> Sequence[New]:
        return [new]

    rule = Rule(ListClaim, lambda _: [], accept)
    with pytest.raises(ValueError, match="expected"):
        await perform(scene.log, rule, _command(), a_stamp())
    of_clue = replace(plain, command_id=uuid4(), correlation_id=UUID(int=0xC1))
    command = _command()
    await perform(scene.log, LIST, command, of_clue)
    later = replace(plain, command_id=uuid4())
    done = await perform(scene.log, LIST, _command(command.case_id), later)
    assert done.events[0].correlation_id == UUID(int=0xC1)


async def test_a_command_taken_back_from_the_topic_is_answered_from_its_events(
    scene: Scene,
) -> None:
    command, stamp = _command(), a_stamp()
    first = await perform(scene.log, LIST, command, stamp, answer=_named)
    await scene.execute(
        "ALTER TABLE journal.command DISABLE TRIGGER USER;"
        "UPDATE journal.command SET answer = NULL"
    )
    again = await perform(scene.log, LIST, command, stamp, answer=_named)
    assert again.answer == first.answer


async def test_the_rule_itself_is_pure_and_needs_no_journal() -> None:
    command = _command()
    states = States({KNOWN.stream(command.case_id): frozenset()}, {})
    assert len(list_claim(command, a_stamp(), states)) == 1
