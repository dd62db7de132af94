"""Over any history one number of a channel is one clue; come again, it is an episode.

Domain §5.9, 14.
"""

from collections.abc import Sequence
from datetime import date
from random import Random
from uuid import UUID

from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from libs.events.command import Command
from libs.events.contracts.channels import ClueRedispatched, ClueUrged
from libs.events.contracts.intake import ClueRegistered, ReplySent
from libs.events.event import Event
from libs.ids import case_id, clue_id, named
from libs.money import Money
from services.intake.answering import SendReply
from services.intake.clue import RegisterClue
from services.intake.work_orders import RedispatchOrder, UrgeClue
from tests.histories import many
from tests.unit.matters import EMPLOYER, line
from tests.unit.offices import by
from tests.unit.three_services import World

SITE = "310199000000"
NUMBERS = [(channel, number) for channel in ("12345", "petition") for number in "12"]
Number = tuple[str, str]
acts = st.lists(
    st.tuples(
        st.sampled_from(["register", "register", "late", "urge", "reply", "again"]),
        st.sampled_from(NUMBERS),
    ),
    max_size=14,
)


def clue_of(number: Number) -> UUID:
    return clue_id(SITE, *number)


def command(act: str, number: Number) -> Command:
    """Return what an office tries; `late` calls a number's registration its second."""
    this = {"clue_id": clue_of(number)}
    order = {"order_kind": "help", "received_on": date(2023, 11, 10)}
    match act:
        case "urge":
            return UrgeClue.model_validate(this)
        case "reply":
            said = {"form": "letter", "conclusion": "paid"}
            return SendReply.model_validate(this | said)
        case "again":
            return RedispatchOrder.model_validate(this | order)
        case _:
            return registering(number, 1 if act == "register" else 2)


def registering(number: Number, episode: int) -> RegisterClue:
    return RegisterClue(
        clue_id=clue_of(number),
        kind="work_order" if number[0] == "12345" else "petition",
        channel=number[0],
        channel_number=number[1],
        episode=episode,
        mode="named",
        reporter_id=named("test-reporter", *number),
        first_asked_unit="LC",
        area="310199001",
        employer=EMPLOYER,
        workers=(line(1, Money(minor=7400_00, currency="CNY")),),
    )


def lived(history: Sequence[tuple[str, Number]], seed: int) -> World:
    dice, world = Random(seed), World(frozenset({"hear-event"}))
    for act, number in history:
        world.do("intake", command(act, number), by("LC"))
        world.settle(dice.randrange, dice.randrange(40))
    world.settle(dice.randrange)
    return world


def said_of(world: World, number: Number) -> list[Event]:
    """Return what intake said of a number."""
    return [one.fact() for one in world.said if one.stream == f"clue-{clue_of(number)}"]


@each(acts, st.integers(0, 1000))
@settings(max_examples=many(40), deadline=None)
def test_a_number_is_one_clue_and_each_time_again_an_episode(
    history: list[tuple[str, Number]], seed: int
) -> None:
    """Domain §5.9, 14: neither a list come twice nor 重办 makes another fact."""
    world = lived(history, seed)
    assert world.findings == []
    tried = {number for act, number in history if act in {"register", "late"}}
    cases = []
    for number in NUMBERS:
        said = said_of(world, number)
        clues = [one for one in said if isinstance(one, ClueRegistered)]
        assert len(clues) == (number in tried)
        cases += [case_id(one.clue_id) for one in clues]
        _episodes(said)
    opened = [one.fact() for one in world.said if one.type == "CaseOpened"]
    assert sorted(one.model_dump()["case_id"] for one in opened) == sorted(cases)


def _episodes(said: Sequence[Event]) -> None:
    """Each episode follows an answer; while one is owed, a call urges."""
    number, owed = 0, False
    for event in said:
        match event:
            case ClueRegistered():
                number, owed = event.episode, True
            case ReplySent():
                owed = False
            case ClueRedispatched():
                assert not owed
                number, owed = number + 1, True
                assert event.episode == number
            case ClueUrged():
                assert owed
            case _:
                pass
