"""Over any history a deadline says by what it was counted; events count it anew.

Domain §5.9, 10: rule, rule's version, calendar and start event stand in what was said;
a later calendar adds a DeadlineRecomputed and edits nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlinePauseEnded,
    DeadlineRecomputed,
    DeadlineSet,
)
from libs.events.event import Event
from libs.events.testing import Given, Outcome
from libs.events.views.testing import recorded, told
from services.reporting.views import deadline as shown
from services.routing import deadline, extending, pausing, rulebook
from services.routing.extending import ExtendDeadline
from services.routing.pausing import EndDeadlinePause, PauseDeadline
from tests.histories import many
from tests.unit.matters import CASE, routed
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_hearing import FILED, complaint, hear, heard
from tests.unit.test_recomputing import (
    ACCEPTANCE,
    CALENDAR,
    INVESTIGATION,
    amend,
    amended,
    recompute,
)

PAUSE, GO_ON = pausing.RULES
(EXTEND,) = extending.RULES
(MISS,) = deadline.RULES
FILED_ON = heard("CaseFiled", on(3, 4), **FILED)
COMPLAINED = complaint(on(3, 4))
THESE = {ACCEPTANCE: "CLK-02", INVESTIGATION: "CLK-05"}
COUNTS = DeadlineSet | DeadlineExtended | DeadlineRecomputed | DeadlinePauseEnded


@dataclass
class Life:
    """The books and two deadlines, and what was said of each."""

    story: Given = field(default_factory=routed)
    said: dict[UUID, list[Event]] = field(
        default_factory=lambda: {this: [] for this in THESE}
    )
    version: int = 1

    def take(self, outcome: Outcome) -> None:
        """Append what was decided; what concerns no deadline here is not followed."""
        for new in outcome.new:
            this = UUID(new.stream[-36:])
            if this in self.said:
                self.checked(this, new.event)
                self.said[this].append(new.event)
                self.story = self.story.given(deadline.KIND, this, new.event)

    def checked(self, this: UUID, event: Event) -> None:
        """Assert that an event cites what it was counted by, and what it replaces."""
        before = self.story.state(deadline.KIND, this)
        calendar = self.story.state(rulebook.KIND, CALENDAR).calendar
        if isinstance(event, COUNTS):
            assert event.calendar_version == calendar.version
        match event:
            case DeadlineSet():
                started = COMPLAINED if this == ACCEPTANCE else FILED_ON
                assert (event.clock, event.start_event) == (
                    THESE[this],
                    started.event_id,
                )
                assert event.article
                assert event.rule_version > 0
            case DeadlineRecomputed():
                assert (event.old_due_on, event.rule_version) == (
                    before.due_on,
                    before.rule_version,
                )
                assert event.old_calendar_version == before.calendar_version
                assert event.calendar_version != before.calendar_version
                assert before.running
                assert not before.missed
            case _:
                pass


def amend_it(life: Life, day: int) -> None:
    notice = amended(life.version + 1, off=date(2024, 3, 7) + timedelta(days=day))
    outcome = amend(life.story, notice)
    if outcome.refusal is None:
        life.version += 1
        life.story = life.story.given(rulebook.KIND, CALENDAR, *outcome.events)


def count_anew(life: Life, _day: int) -> None:
    for this in THESE:
        life.take(recompute(life.story, this))


def extend(life: Life, _day: int) -> None:
    approve = ExtendDeadline(case_id=CASE, clock="CLK-05", subject=CASE)
    life.take(life.story.when(EXTEND, approve, by("HD", on(3, 20))))


def pause(life: Life, day: int) -> None:
    wait = PauseDeadline(
        case_id=CASE, clock="CLK-02", subject=CASE, reason="correction"
    )
    life.take(life.story.when(PAUSE, wait, by("DB", on(3, 4 + day))))


def go_on(life: Life, day: int) -> None:
    corrected = EndDeadlinePause(case_id=CASE, clock="CLK-02", subject=CASE)
    life.take(life.story.when(GO_ON, corrected, by("DB", on(3, 4 + day))))


def miss(life: Life, _day: int) -> None:
    for this in THESE:
        state = life.story.state(deadline.KIND, this)
        if state.due_at is not None:
            late = deadline.MissDeadline(deadline_id=this, due_at=state.due_at)
            life.take(life.story.when(MISS, late, by(SYSTEM)))


def file_it(life: Life, _day: int) -> None:
    life.take(hear(life.story, FILED_ON))


def stop(life: Life, day: int) -> None:
    life.take(hear(life.story, heard("ComplaintAccepted", on(3, 4 + day))))


ACTS: Mapping[str, Callable[[Life, int], None]] = {
    "amend": amend_it,
    "count anew": count_anew,
    "extend": extend,
    "pause": pause,
    "go on": go_on,
    "miss": miss,
    "file": file_it,
    "stop": stop,
}
acts = st.lists(
    st.tuples(st.sampled_from(["amend", "count anew", *ACTS]), st.integers(0, 25)),
    max_size=12,
)


def lived(history: list[tuple[str, int]]) -> Life:
    life = Life()
    life.take(hear(life.story, COMPLAINED))
    for act, day in history:
        ACTS[act](life, day)
    return life


@each(acts)
@settings(max_examples=many(20), deadline=None)
def test_what_counts_a_deadline_is_cited_and_nothing_said_is_edited(
    history: list[tuple[str, int]],
) -> None:
    """Domain §5.9, 10."""
    life = lived(history)
    for this, said in life.said.items():
        state = deadline.KIND.fold(said)
        if not said:
            continue
        dated = [event for event in said if isinstance(event, COUNTS)]
        last = dated[-1]
        assert (state.due_on, state.due_at) == (last.due_on, last.due_at)
        assert state.calendar_version == last.calendar_version
        assert state.rule_version == said[0].model_dump()["rule_version"]
        assert state == life.story.state(deadline.KIND, this)


@each(acts)
@settings(max_examples=many(20), deadline=None)
def test_the_page_of_a_deadline_says_what_stood_at_each_event(
    history: list[tuple[str, int]],
) -> None:
    """Domain §5.9, 10 and 11: an older version of the row keeps its date."""
    life = lived(history)
    for this, said in life.said.items():
        row = None
        state = deadline.KIND.initial
        stream = deadline.KIND.stream(this)
        for event, one in zip(said, recorded(told(stream, *said)), strict=True):
            row = shown.evolve(row, one)
            state = deadline.KIND.evolve(state, event)
            assert row is not None
            assert (row.due_on, row.calendar_version) == (
                state.due_on,
                state.calendar_version,
            )
