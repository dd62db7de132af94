"""Incidents (F-1.5): graded by data, responded to in hours, closed with a result."""

from datetime import date, timedelta
from typing import Any

import pytest

from libs.events.contracts.clocks import RulebookAdopted
from libs.events.contracts.duties import (
    IncidentClosed,
    IncidentFeature,
    IncidentLinkedToCase,
    IncidentReported,
    IncidentResponded,
    IncidentWarningRaised,
)
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.views.testing import told
from services.reporting.views.incident import VIEW, IncidentRow
from services.routing import incidents, rulebook
from services.routing.incident_grades import grades_on
from services.routing.incidents import (
    KIND,
    CloseIncident,
    LinkIncident,
    RaiseIncidentWarning,
    ReportIncident,
    RespondToIncident,
)
from tests.unit.duty_scenes import INCIDENT, incident, reported, row_of
from tests.unit.matters import CASE, adopted, routed
from tests.unit.offices import by, on
from tests.unit.test_hearing import hear, heard

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in incidents.RULES}
BY = by("LI", on(11, 13))
WARN = RaiseIncidentWarning(
    incident_id=INCIDENT, kind="group", people=12, unit="LI", by_unit="LI", area="R1"
)
WARNED = IncidentWarningRaised.model_validate(WARN.model_dump(exclude={"occurred_at"}))
REPORT = ReportIncident(
    incident_id=INCIDENT, kind="group", people=12, unit="LI", by_unit="LI"
)
REPORTED = reported("LI")
RESPOND = RespondToIncident(incident_id=INCIDENT, unit="LI", measure="on_site")
RESPONDED = IncidentResponded.model_validate(
    RESPOND.model_dump(exclude={"occurred_at"})
)
SETTLED = IncidentClosed(incident_id=INCIDENT, result="settled")


@pytest.mark.parametrize(
    ("people", "features", "grade"),
    [
        (9, (), "iii"),
        (10, (), "ii"),
        (29, (), "ii"),
        (30, (), "i"),
        (1, ("violence",), "i"),
        (12, ("upward_petition",), "i"),
    ],
)
def test_the_grade_follows_from_people_and_circumstances(
    people: int, features: tuple[IncidentFeature, ...], grade: str
) -> None:
    """F-1.5: I from thirty people, upward petition or violence; II from ten."""
    table = grades_on(date(2023, 11, 13))
    assert table is not None
    assert table.grade(people, features) == grade
    assert grades_on(date(2022, 12, 31)) is None


@pytest.mark.parametrize(
    ("people", "clock", "hours"),
    [(30, "CLK-96-i", 1), (12, "CLK-96-ii", 2), (3, "CLK-96-iii", 24)],
)
def test_f_1_5_a_response_is_owed_in_hours_also_at_night(
    people: int, clock: str, hours: int
) -> None:
    """CLK-96: hours run through nights and rest days; this was Saturday, 23:00."""
    at = on(11, 18, 23)
    asked = REPORT.model_copy(update={"people": people, "occurred_at": at})
    later = by("LI", on(11, 20))
    (new,) = routed().when(RULE[ReportIncident], asked, later).new
    assert isinstance(new.event, IncidentReported)
    assert new.event.clock == clock
    assert new.event.respond_by == at + timedelta(hours=hours)
    assert new.occurred_at == at


def test_a_warning_becomes_an_incident() -> None:
    routed().when(RULE[RaiseIncidentWarning], WARN, BY).then(WARNED)
    warned = routed().given(KIND, INCIDENT, WARNED)
    warned.when(RULE[RaiseIncidentWarning], WARN, BY).then_rejected("incident-known")
    warned.when(RULE[RespondToIncident], RESPOND, BY).then_rejected("not-reported")
    warned.when(RULE[ReportIncident], REPORT, BY).then(REPORTED)
    averted = CloseIncident(incident_id=INCIDENT, result="averted")
    warned.when(RULE[CloseIncident], averted, by("LG")).then_says("IncidentClosed")


def test_what_grew_is_reported_again_and_the_earlier_date_stands() -> None:
    rule = RULE[ReportIncident]
    incident("LI").when(rule, REPORT, BY).then_rejected("incident-same")
    later = by("LI", on(11, 13, 10))
    grown = REPORT.model_copy(update={"people": 35})
    (event,) = incident("LI").when(rule, grown, later).events
    assert isinstance(event, IncidentReported)
    # Grade I of ten o'clock is due at eleven, as grade II of nine o'clock was.
    assert (event.grade, event.clock) == ("i", "CLK-96-ii")
    assert event.respond_by == REPORTED.respond_by


def test_somebody_responds_once_and_then_it_can_close() -> None:
    close = CloseIncident(incident_id=INCIDENT, result="settled")
    waiting = incident("LI")
    waiting.when(RULE[CloseIncident], close, by("LG")).then_rejected("respond-first")
    waiting.when(RULE[RespondToIncident], RESPOND, BY).then(RESPONDED)
    answered = incident("LI", RESPONDED)
    answered.when(RULE[RespondToIncident], RESPOND, BY).then_rejected(
        "already-responded"
    )
    averted = close.model_copy(update={"result": "averted"})
    answered.when(RULE[CloseIncident], averted, by("LG")).then_rejected("not-averted")
    answered.when(RULE[CloseIncident], close, by("LG")).then(SETTLED)
    over = incident("LI", RESPONDED, SETTLED)
    over.when(RULE[ReportIncident], REPORT, BY).then_rejected("incident-closed")


def test_what_proves_unfounded_closes_without_a_response() -> None:
    unfounded = CloseIncident(incident_id=INCIDENT, result="unfounded")
    incident("LI").when(RULE[CloseIncident], unfounded, by("LG")).then_says(
        "IncidentClosed"
    )


def test_an_incident_is_linked_to_cases_that_its_linker_sees() -> None:
    link = LinkIncident(incident_id=INCIDENT, case_id=CASE)
    linked = IncidentLinkedToCase(incident_id=INCIDENT, case_id=CASE)
    incident("LI").when(RULE[LinkIncident], link, BY).then(linked)
    incident("LI", linked).when(RULE[LinkIncident], link, BY).then_rejected(
        "case-linked"
    )
    # The case is the centre's here: of the incident alone nobody learns of it.
    elsewhere = routed().given(KIND, INCIDENT, REPORTED)
    elsewhere.when(RULE[LinkIncident], link, BY).then_rejected("not-found")


def test_an_incident_does_not_exist_for_others_and_is_not_theirs() -> None:
    rule = RULE[RespondToIncident]
    incident("LI").when(rule, RESPOND, by("DO")).then_rejected("not-found")
    incident("LI").when(rule, RESPOND, by("AU")).then_rejected("not-yours")


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"unit": "XX"}, "no-such-unit"), ({"area": "LI"}, "no-such-area")],
)
def test_units_and_areas_of_an_incident_stand(
    changed: dict[str, object], code: str
) -> None:
    asked = REPORT.model_copy(update=changed)
    routed().when(RULE[ReportIncident], asked, BY).then_rejected(code)


def test_before_its_clock_was_in_force_no_date_is_made_up() -> None:
    book = RulebookAdopted.model_validate(
        {**adopted("clocks").model_dump(), "files": {"none.toml": "clocks = []"}}
    )
    without = routed().given(rulebook.KIND, rulebook.CLOCKS.subject, book)
    without.when(RULE[ReportIncident], REPORT, BY).then_rejected("no-clock")


def test_no_cases_event_starts_the_clock_of_a_duty() -> None:
    """CLK-96 to CLK-98 have no case: a deadline of one would be in every queue."""
    for said in ("IncidentReported", "TaskAssigned", "EarlyWarningIssued"):
        about = heard(said, on(11, 13), grade="i", due_on="2023-11-20")
        assert hear(routed(), about).events == []


def row(*events: Event) -> IncidentRow:
    """Return the register's row after these events, a second apart."""
    return row_of(VIEW, told(KIND.stream(INCIDENT), *events))


def test_the_register_says_how_far_it_has_come_and_what_is_late() -> None:
    assert row(WARNED).state == "warned"
    waits = row(WARNED, REPORTED)
    assert (waits.state, waits.grade, waits.people) == ("reported", "ii", 12)
    assert not waits.late(REPORTED.respond_by)
    assert waits.late(REPORTED.respond_by + timedelta(seconds=1))
    answered = row(REPORTED, RESPONDED)
    assert answered.state == "responded"
    assert not answered.late(REPORTED.respond_by + timedelta(days=9))
    linked = IncidentLinkedToCase(incident_id=INCIDENT, case_id=CASE)
    over = row(REPORTED, RESPONDED, linked, SETTLED)
    assert (over.state, over.cases, over.result) == ("closed", (CASE,), "settled")
