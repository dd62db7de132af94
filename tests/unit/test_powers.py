"""The permission table and the deciders agree, act by act and role by role."""

import pytest

from libs.events.command import Stamp
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Actor
from libs.events.testing import AT, Outcome
from libs.ids import named
from libs.organisation import load_organisation
from libs.web import permissions
from libs.web.permissions import Power
from services.enforcement import api as enforcement
from services.intake.routes import clues, links, messages, profiles
from services.reporting import closing
from services.routing import api as routing
from services.routing import supervising
from services.routing.seeding import books
from tests.unit.offices import officer
from tests.unit.scenes import RULES, SCENES, command_of

ORGANISATION = load_organisation(books()["organisation"]["organisation.toml"])
UNITS = {one.role: one.unit for one in reversed(ORGANISATION.officers)}
OFFICES = sorted(UNITS)
ELSEWHERE = "R3"
"""A unit that holds the case when the actor's own does not."""
DOOR_ALONE = {
    # Anybody may say what is owed; who reads or erases is written down by its event.
    "RegisterComplaint", "RegisterReport", "ReadPersonData", "ErasePersonData",
    "CorrectPersonData",
    "ImportHistory", "AdoptRule",
    # Any unit files for itself; `test_campaign_rules` has it.
    "FileZeroReport",
    # Any unit writes down its own reception; `test_petitions` has it.
    "HoldJointReception",
    # Whoever imports drafts; another of them adopts: `test_import_profiles` has it.
    "DraftImportProfile", "AdoptImportProfile",
    # Whoever takes a signal in or dismisses it is asked nothing else.
    "ReceiveSignal", "DismissSignal", "RegisterOpinion",
    # Who is asked nothing but the table: the office assigns, anybody warns and plans;
    # `test_responsibility`, `test_incidents`, `test_tasks`, `test_patrols` have them.
    "AssignGridResponsibility", "AssignIndustrySupervisor", "RaiseIncidentWarning",
    "ReportIncident", "CloseIncident", "IssueEarlyWarning", "DecomposeTask",
    "LinkRectification", "SchedulePatrol",
    # Whose case an employer has is asked at the door (`test_risk_grades`); a grade is
    # set by who sees every case, notice boards are checked by any of their offices.
    "AssessRisk", "OverrideRisk", "EndRiskOverride", "InspectNoticeBoard",
    "LogPublicity",
    # Reading and operating decide nothing.
    # Whoever holds a report is asked as a reader: `test_informants` has it.
    "ReadInformantData",
    "Explain", "AsOf", "EventTrail", "Verify", "RebuildView", "HandleParked",
    "CheckRosters", "AdvanceClock", "ResendRecords", "RotateKeys",
}  # fmt: skip
ACTS = [
    *enforcement.ACTS,
    *clues.ACTS,
    *closing.ACTS,
    *links.ACTS,
    *messages.ACTS,
    *profiles.ACTS,
    *routing.ACTS,
    *supervising.ACTS,
]


def decided(act: str, role: str, unit: str, holder: str) -> Outcome:
    actor = Actor(officer("by", 1), role, unit)
    stamp = Stamp(named("test-command", act, role), b"", actor, AT)
    command = command_of(act, holder)
    return SCENES[act].story(holder).when(RULES[type(command)], command, stamp)


def allowed(outcome: Outcome) -> bool:
    """Say whether the decider let the actor act; any other refusal is a bad scene."""
    if isinstance(outcome.refusal, NotYours | NotVisible):
        return False
    assert outcome.refusal is None, outcome.refusal
    return True


def by_table(act: str) -> set[str]:
    return {role for role in OFFICES if Power.DECIDE in permissions.may(role, act)}


def test_every_act_of_the_table_has_a_scene_or_is_the_doors_alone() -> None:
    rows = permissions.table().rows
    decisive = {name for name in rows if permissions.who_may(name)}
    assert decisive == {*SCENES, *DOOR_ALONE}
    assert {act.allowed_as for act in ACTS} <= decisive


@pytest.mark.parametrize("act", sorted(SCENES))
def test_whoever_the_table_lets_in_is_not_turned_away_by_the_decider(act: str) -> None:
    holding = {
        role
        for role in OFFICES
        if allowed(decided(act, role, UNITS[role], UNITS[role]))
    }
    assert by_table(act) <= holding


@pytest.mark.parametrize("act", sorted(SCENES))
def test_what_law_gives_to_one_organ_the_table_gives_to_no_other(act: str) -> None:
    """A decider that turns a holder away for its role says exactly who may."""
    holding = {
        role
        for role in OFFICES
        if allowed(decided(act, role, UNITS[role], UNITS[role]))
    }
    if holding != set(OFFICES):
        assert by_table(act) == holding


@pytest.mark.parametrize("act", sorted(SCENES))
def test_whoever_acts_on_anothers_case_stands_in_the_table(act: str) -> None:
    elsewhere = {
        role
        for role in OFFICES
        if role != "grid" and allowed(decided(act, role, UNITS[role], ELSEWHERE))
    }
    assert elsewhere <= by_table(act)
