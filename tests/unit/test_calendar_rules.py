"""The rule files: yearly notices and clocks, and what their loaders refuse."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from libs.calendar import (
    Calendar,
    ClockRule,
    due,
    in_force,
    load_clocks,
    load_year,
    read_years,
    warning_times,
)
from libs.calendar.clocks import all_in_force
from libs.calendar.deadlines import FixedDate, Hours, NaturalDays

RULES = Path(__file__).parents[2] / "services/routing/rules"
TABLES = read_years(RULES / "calendar")
CALENDAR = Calendar.of(TABLES)
CLOCK_TEXT = (RULES / "clocks.toml").read_text(encoding="utf-8")
CHANNEL_TEXT = (RULES / "clocks-channels.toml").read_text(encoding="utf-8")
CLOCKS = {
    rule.id: rule for text in (CLOCK_TEXT, CHANNEL_TEXT) for rule in load_clocks(text)
}
YEAR_TEXT = (RULES / "calendar/2024.toml").read_text(encoding="utf-8")


EXTENSION = {
    "kind": "working_days",
    "n": 30,
    "approver": "hrss-head",
    "reason_zh": "例",
    "reason_en": "example",
}


def changed(rule: ClockRule, **update: object) -> ClockRule:
    return rule.model_copy(update=update)


def raw_clock() -> dict[str, Any]:
    return dict(tomllib.loads(CLOCK_TEXT)["clocks"][0])


def test_each_year_names_its_paper_and_the_day_it_was_known() -> None:
    assert [(t.year, t.number, t.known_on) for t in TABLES] == [
        (2023, "国办发明电〔2022〕16号", date(2022, 12, 8)),
        (2024, "国办发明电〔2023〕7号", date(2023, 10, 25)),
        (2025, "国办发明电〔2024〕12号", date(2024, 11, 12)),
        (2026, "国办发明电〔2025〕7号", date(2025, 11, 4)),
    ]


@pytest.mark.parametrize(
    ("found", "written"),
    [
        ("last = 2024-02-17", "last = 2024-02-09"),
        ("last = 2024-02-17", "last = 2024-04-05"),
        ("make_up = [2024-02-04, 2024-02-18]", "make_up = [2024-02-05]"),
        ("make_up = [2024-02-04, 2024-02-18]", "make_up = [2024-02-10]"),
        (
            "first = 2024-01-01\nlast = 2024-01-01",
            "first = 2025-01-01\nlast = 2025-01-01",
        ),
        ("known_on = 2023-10-25\n", ""),
        ("version = 1", "version = 0"),
        ("version = 1", "version = 1\ncolour = 'red'"),
    ],
)
def test_an_unsound_notice_is_refused(found: str, written: str) -> None:
    assert found in YEAR_TEXT
    with pytest.raises(ValidationError):
        load_year(YEAR_TEXT.replace(found, written, 1))


OF_CHANNELS = [
    "CLK-71", "CLK-73", "CLK-80", "CLK-80-advice", "CLK-80-complex",
    "CLK-80-supervision", "CLK-85", "CLK-85-check", "CLK-85-sign",
]  # fmt: skip


def test_the_four_clocks_run_as_law_says() -> None:
    four = ["CLK-02", "CLK-05", "CLK-10", "CLK-72"]
    assert sorted(CLOCKS) == sorted([*four, *OF_CHANNELS])
    start = date(2024, 2, 2)
    assert due(CLOCKS["CLK-02"], start, CALENDAR).due_on == date(2024, 2, 8)
    assert due(CLOCKS["CLK-72"], start, CALENDAR).due_on == date(2024, 2, 8)
    filed = date(2023, 11, 10)
    assert due(CLOCKS["CLK-05"], filed, CALENDAR).due_on == date(2024, 2, 4)


def test_an_investigation_is_extended_in_one_sum_of_ninety_days() -> None:
    rule = CLOCKS["CLK-05"]
    assert rule.extension is not None
    assert rule.extension.approver == "hrss-head"
    extended = due(rule, date(2023, 11, 10), CALENDAR, extended=True)
    assert extended.due_on == date(2024, 3, 21)


UNEXTENDED = [one for one in OF_CHANNELS if one != "CLK-73"]


@pytest.mark.parametrize(
    ("clock", "due_on"),
    [
        # Friday 2024-02-02; Sunday 02-04 works, 02-10 to 02-17 is the Spring Festival.
        ("CLK-80-advice", date(2024, 2, 4)),
        ("CLK-80-supervision", date(2024, 2, 6)),
        ("CLK-80", date(2024, 2, 8)),
        ("CLK-80-complex", date(2024, 2, 28)),
        ("CLK-85-sign", date(2024, 2, 4)),
        ("CLK-85-check", date(2024, 2, 8)),
        ("CLK-85", date(2024, 2, 28)),
        # Natural days end where they end, also on a rest day (XF 23, 34).
        ("CLK-71", date(2024, 2, 17)),
        ("CLK-73", date(2024, 4, 2)),
    ],
)
def test_each_channels_clock_runs_to_its_own_day(clock: str, due_on: date) -> None:
    """CLK-71, 73, 80 and 85."""
    assert due(CLOCKS[clock], date(2024, 2, 2), CALENDAR).due_on == due_on


def test_a_petition_is_handled_in_ninety_days_once_extended() -> None:
    """CLK-73 (XF 34): sixty natural days and thirty more, in one sum."""
    rule = CLOCKS["CLK-73"]
    assert rule.extension is not None
    extended = due(rule, date(2024, 2, 2), CALENDAR, extended=True)
    assert extended.due_on == date(2024, 5, 2)


def test_a_channels_clock_stops_with_its_own_answer_alone() -> None:
    answers = {"ReplySent", "ReplyFoundImpossible", "ClueClosedNotWage"}
    for clock in OF_CHANNELS:
        rule = CLOCKS[clock]
        assert rule.subject == "clue"
        assert {stop.scope for stop in rule.stops} == {"clue"}
        if clock.startswith(("CLK-80", "CLK-85")):
            assert answers <= {stop.event for stop in rule.stops}


@pytest.mark.parametrize("clock", ["CLK-02", "CLK-10", "CLK-72", *UNEXTENDED])
def test_no_other_clock_can_be_extended(clock: str) -> None:
    with pytest.raises(ValueError, match="can't be extended"):
        due(CLOCKS[clock], date(2024, 1, 2), CALENDAR, date(2024, 1, 9), extended=True)


def test_the_date_written_in_an_order_stands_also_on_a_rest_day() -> None:
    rule = CLOCKS["CLK-10"]
    deadline = due(rule, date(2023, 12, 1), CALENDAR, date(2023, 12, 9))
    assert deadline.due_on == date(2023, 12, 9)
    assert deadline.due_at == datetime(2023, 12, 9, 16, tzinfo=UTC)
    assert [line.reason for line in deadline.days] == ["start", "fixed"]
    assert deadline.rolled_from is None
    rolling = FixedDate(date_field="pay_by", roll=True)
    rolled = due(
        changed(rule, length=rolling), date(2023, 12, 1), CALENDAR, date(2023, 12, 9)
    )
    assert rolled.due_on == date(2023, 12, 11)
    assert rolled.rolled_from == date(2023, 12, 9)


def test_a_fixed_date_clock_without_its_date_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs the date"):
        due(CLOCKS["CLK-10"], date(2023, 12, 1), CALENDAR)


def test_every_kind_of_length_is_counted() -> None:
    rule = CLOCKS["CLK-02"]
    natural = changed(rule, length=NaturalDays(n=45, roll=True))
    assert due(natural, date(2024, 1, 2), CALENDAR).due_on == date(2024, 2, 18)
    hours = changed(rule, length=Hours(n=24))
    start = datetime(2023, 12, 15, 7, 30, tzinfo=UTC)
    assert due(hours, start, CALENDAR).due_at == datetime(
        2023, 12, 16, 7, 30, tzinfo=UTC
    )
    with pytest.raises(TypeError):
        due(hours, date(2023, 12, 15), CALENDAR)
    with pytest.raises(ValueError, match="offset"):
        due(rule, datetime(2023, 12, 15, 7, 30), CALENDAR)  # noqa: DTZ001 - refused


def test_what_stops_each_clock() -> None:
    stops = {clock: {s.event for s in rule.stops} for clock, rule in CLOCKS.items()}
    accepted = {"ComplaintAccepted", "ComplaintRefused", "CaseFiled"}
    ended = {"ClueClosedNotWage", "ClaimWithdrawn", "CaseClosed"}
    ended |= {"ClaimMarkedDuplicate"}
    assert stops["CLK-02"] == accepted | ended
    assert stops["CLK-05"] == {"InvestigationCompleted", "CaseConcluded"}
    assert stops["CLK-10"] == {"PaymentOrderSatisfied"}
    moved = {"CaseTransferred", "TransferRefused", "OwnershipRuled"}
    assert stops["CLK-72"] == moved | {"CaseClosed"}
    withdrawn = next(s for s in CLOCKS["CLK-02"].stops if s.event == "ClaimWithdrawn")
    assert withdrawn.scope == "every_claim"


def test_no_clock_of_acceptance_runs_for_a_report_and_none_for_history() -> None:
    others = {"report", "work_order", "platform_clue", "petition"}
    assert others < set(CLOCKS["CLK-02"].not_for)
    assert all("history" in rule.not_for for rule in CLOCKS.values())


def test_receipt_within_one_working_day_is_a_warning_of_the_five() -> None:
    rule = CLOCKS["CLK-72"]
    deadline = due(rule, date(2024, 2, 2), CALENDAR)
    fired = [(w.point.code, w.at) for w in warning_times(rule, deadline, CALENDAR)]
    # Sunday 02-04 works, so one working day after Friday ends on Sunday.
    assert fired == [
        ("receipt_overdue", datetime(2024, 2, 4, 16, tzinfo=UTC)),
        ("due_tomorrow", datetime(2024, 2, 6, 16, tzinfo=UTC)),
    ]


def test_a_warning_before_the_end_counts_working_days_back() -> None:
    rule = CLOCKS["CLK-05"]
    deadline = due(rule, date(2023, 12, 15), CALENDAR)
    assert deadline.due_on == date(2024, 3, 14)
    days = [w.at for w in warning_times(rule, deadline, CALENDAR)]
    # 00:00 of 02-29 and of 03-11, in Shanghai.
    assert days == [
        datetime(2024, 2, 28, 16, tzinfo=UTC),
        datetime(2024, 3, 10, 16, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "update",
    [
        {"pause": "until_corrected"},
        {"length": {"kind": "moons", "n": 1}},
        {"length": {"kind": "working_days", "n": 0}},
        {"length": {"kind": "working_days", "n": 5, "roll": True}},
        {"stops": []},
        {"id": "CLK-2"},
        {"not_for": ["friends"]},
        {"colour": "red"},
        {"start": {"event": "ComplaintReceived", "counts_from": "effective_at"}},
        {"length": {"kind": "hours", "n": 24}, "extension": EXTENSION},
    ],
)
def test_a_rule_that_cannot_be_counted_is_refused(update: dict[str, object]) -> None:
    assert ClockRule.model_validate(raw_clock()).id == raw_clock()["id"]
    with pytest.raises(ValidationError):
        ClockRule.model_validate(raw_clock() | update)


def test_the_same_version_twice_in_a_file_is_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        load_clocks(CLOCK_TEXT + CLOCK_TEXT)


def test_a_new_version_counts_from_its_effective_date() -> None:
    old = CLOCKS["CLK-02"]
    new = changed(old, version=2, effective_from=date(2024, 1, 1))
    rules = [new, old]
    assert in_force(rules, "CLK-02", date(2023, 12, 31)) == old
    assert in_force(rules, "CLK-02", date(2024, 1, 1)) == new
    assert in_force(rules, "CLK-02", date(2004, 1, 1)) is None
    assert in_force(rules, "CLK-99", date(2024, 1, 1)) is None
    for on in (date(2004, 1, 1), date(2023, 12, 31), date(2024, 1, 1)):
        each = [in_force(rules, clock, on) for clock in sorted({r.id for r in rules})]
        assert all_in_force(rules, on) == [rule for rule in each if rule]


def test_rules_and_notices_survive_the_way_through_an_event() -> None:
    for rule in CLOCKS.values():
        assert ClockRule.model_validate_json(rule.model_dump_json()) == rule
    for table in TABLES:
        assert type(table).model_validate_json(table.model_dump_json()) == table
