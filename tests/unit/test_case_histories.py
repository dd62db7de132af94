"""Over any lawful history a case has exactly one owner, and replay is one fold."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.command import Command
from libs.events.contracts.routing import CaseAssigned, CaseTransferred, OwnershipRuled
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given
from services.routing import case, known
from services.routing.case import RULES as CASE_RULES
from services.routing.case import ReopenCase
from services.routing.noting import RULES as NOTE_RULES
from services.routing.noting import NoteFact
from services.routing.transfer import RULES as TRANSFER_RULES
from services.routing.transfer import (
    AcceptTransfer,
    ProposeTransfer,
    RefuseTransfer,
    RuleOwnership,
)
from tests.histories import many
from tests.unit.matters import ASSIGNED, CASE, CLUE, OPENED, routed
from tests.unit.offices import by, on

RULE: dict[type[Command], Rule[Any]] = {
    rule.command: rule for rule in (*CASE_RULES, *NOTE_RULES, *TRANSFER_RULES)
}
UNITS = ("LC", "LI", "DO", "PO", "DB", "LG")
TIMES = 25


@dataclass(frozen=True)
class Try:
    """Somebody tries something; most of it is refused."""

    unit: str
    command: Command


def transfers(unit: str, to: str, number: UUID) -> list[Command]:
    return [
        ProposeTransfer(case_id=CASE, transfer_id=number, to_unit=to, reason="area"),
        AcceptTransfer(case_id=CASE),
        RefuseTransfer(case_id=CASE, reason="area", article="XF 23"),
        RuleOwnership(case_id=CASE, to_unit=to, article="XF 24"),
        ReopenCase(case_id=CASE, reason="review"),
        _fact("concluded", "paid"),
        _fact("answered"),
        _fact("closed_not_wage", unit.lower()),
    ]


def _fact(name: str, kind: str | None = None) -> NoteFact:
    said = {"case_id": CASE, "fact": name, "subject": CLUE, "cause": CLUE}
    return NoteFact.model_validate(said | {"kind": kind, "at": on(12, 1)})


@st.composite
def tries(draw: st.DrawFn) -> list[Try]:
    found = []
    for _ in range(draw(st.integers(0, TIMES))):
        unit, to = draw(st.sampled_from(UNITS)), draw(st.sampled_from(UNITS))
        number = draw(st.uuids())
        found.append(Try(unit, draw(st.sampled_from(transfers(unit, to, number)))))
    return found


def lived(attempts: list[Try]) -> tuple[Given, list[Event]]:
    story, events = routed(), [OPENED, ASSIGNED]
    for attempt in attempts:
        rule = RULE[type(attempt.command)]
        outcome = story.when(rule, attempt.command, by(attempt.unit))
        for new in outcome.new:
            kind = known.KIND if new.stream.startswith("known") else case.KIND
            story = story.given(kind, CASE, new.event)
            if kind is case.KIND:
                events.append(new.event)
    return story, events


@given(tries())
@settings(max_examples=many(60), deadline=None)
def test_a_case_always_has_exactly_one_owner(attempts: list[Try]) -> None:
    """Domain §5.9, 1: it changes with a receipt or a ruling alone."""
    _, events = lived(attempts)
    owner = None
    for length in range(2, len(events) + 1):
        state = case.KIND.fold(events[:length])
        assert state.unit in UNITS
        last = events[length - 1]
        if owner is not None and state.unit != owner:
            assert isinstance(last, CaseTransferred | OwnershipRuled | CaseAssigned)
        owner = state.unit
        assert state.first_asked == "LC"


@given(tries())
@settings(max_examples=many(60), deadline=None)
def test_a_history_has_two_hops_at_most_and_none_after_a_refusal(
    attempts: list[Try],
) -> None:
    _, events = lived(attempts)
    hops = [event.hop for event in events if isinstance(event, CaseTransferred)]
    assert hops == list(range(1, len(hops) + 1))
    assert len(hops) <= 2
    names = [event.name for event in events]
    if "TransferRefused" in names:
        after = names[names.index("TransferRefused") + 1 :]
        assert "TransferProposed" not in after


@given(tries())
@settings(max_examples=many(40), deadline=None)
def test_closing_and_reopening_take_turns(attempts: list[Try]) -> None:
    _, events = lived(attempts)
    ends = [e.name for e in events if e.name in {"CaseClosed", "CaseReopened"}]
    assert ends[::2] == ["CaseClosed"] * len(ends[::2])
    assert ends[1::2] == ["CaseReopened"] * len(ends[1::2])


@given(tries(), st.integers(0, TIMES * 2))
@settings(max_examples=many(60), deadline=None)
def test_replay_in_two_parts_is_one_replay(attempts: list[Try], cut: int) -> None:
    _, events = lived(attempts)
    whole = case.KIND.fold(events)
    assert case.KIND.fold(events[cut:], case.KIND.fold(events[:cut])) == whole
