"""Clues told to three services in memory, and what can happen to them."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from libs.events.contracts.enforcement import CaseConcluded
from libs.events.event import Event, New, Recorded
from libs.events.views.view import View
from libs.ids import case_id, named
from libs.money import Money
from services.enforcement import proceeding
from services.intake.answering import SendReply
from services.intake.clue import RegisterClue
from services.intake.duplicates import LinkDuplicate, UnlinkDuplicate, WorkerPair
from services.routing.transfer import RuleOwnership
from tests.unit.matters import EMPLOYER, line
from tests.unit.offices import by
from tests.unit.three_services import World

R = TypeVar("R")


def clue_id(name: str) -> UUID:
    """Return the id of a clue by its name in the story."""
    return named("test-clue", name)


def register(world: World, name: str, unit: str, *amounts: int) -> None:
    """Register a complaint of so many yuan for each worker."""
    command = RegisterClue(
        clue_id=clue_id(name),
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=clue_id(name),
        first_asked_unit=unit,
        area="310199001",
        employer=EMPLOYER,
        workers=tuple(
            line(ordinal, Money(minor=amount * 100, currency="CNY"))
            for ordinal, amount in enumerate(amounts, start=1)
        ),
    )
    assert world.do("intake", command, by(unit)) is None


def link(
    world: World, name: str, of: str, unit: str, *pairs: tuple[int, int]
) -> str | None:
    """Link a clue to the one that it repeats; return a refusal's code."""
    command = LinkDuplicate(
        clue_id=clue_id(name),
        of_clue_id=clue_id(of),
        workers=tuple(WorkerPair(ordinal=a, of_ordinal=b) for a, b in pairs),
    )
    return world.do("intake", command, by(unit))


def unlink(world: World, name: str, unit: str) -> str | None:
    """Un-link it again."""
    command = UnlinkDuplicate(clue_id=clue_id(name), reason="other-worker")
    return world.do("intake", command, by(unit))


def reply(world: World, name: str, unit: str) -> str | None:
    """Answer a clue's author."""
    command = SendReply(clue_id=clue_id(name), form="letter", conclusion="paid")
    return world.do("intake", command, by(unit))


def rule(world: World, name: str, unit: str) -> str | None:
    """Let the office rule who owns a clue's case."""
    case = case_id(clue_id(name))
    command = RuleOwnership(case_id=case, to_unit=unit, article="XF 24")
    return world.do("routing", command, by("LG"))


def conclude(world: World, name: str) -> None:
    """Conclude a clue's case, as enforcement would say it."""
    case = case_id(clue_id(name))
    fact = CaseConcluded(case_id=case, kind="paid", by_district=False)
    world.tell("enforcement", New(proceeding.KIND.stream(case), fact))


def rows(view: View[R], said: Sequence[Recorded]) -> Mapping[str, R]:
    """Return a view's rows of all that was said."""
    found: dict[str, R | None] = {}
    for record in said:
        if isinstance(record.fact(), view.on) and record.service in view.services:
            row = view.evolve(found.get(record.stream), record)
            found[record.stream] = row
    return {stream: row for stream, row in found.items() if row is not None}


def events(world: World, *names: str) -> list[Event]:
    """Return what was said under these names, in order."""
    return [r.fact() for r in world.said if r.type in names]
