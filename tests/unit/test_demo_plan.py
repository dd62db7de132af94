"""The demonstration's plan is pure, and its stories add up to what they state."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from deploy.demo import expected
from deploy.demo.expected import STATED, STATED_PAID, Span, stories, week
from deploy.demo.office import weeks
from deploy.demo.people import credit_code, employers, worker_id
from deploy.demo.plan import SEED, Plan, plan
from deploy.demo.step import Step
from deploy.demo.stops import END, at, stops, working_days
from deploy.local.settings import ISSUER
from libs.codes import check_citizen_id, check_credit_code

SITE = "310199000000"
LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)
EVER = Span(LONG_AGO, END, END)


@pytest.fixture(scope="module")
def planned() -> Plan:
    """The demonstration's plan."""
    return plan(SEED, SITE, ISSUER)


def steps(planned: Plan) -> list[Step]:
    """Every step of a plan."""
    return [
        step
        for stop in planned.stops
        for step in (
            *stop.early,
            *stop.numbered,
            *(step for lane in stop.lanes for turn in lane for step in turn),
        )
    ]


def test_the_same_seed_makes_the_same_plan(planned: Plan) -> None:
    assert plan(SEED, SITE, ISSUER) == planned


def test_another_seed_makes_another_background_and_the_same_stories(
    planned: Plan,
) -> None:
    other = plan(SEED + 1, SITE, ISSUER)
    assert other.facts != planned.facts
    told = expected.figures(stories(planned.facts), EVER)
    assert expected.figures(stories(other.facts), EVER) == told


def test_the_stories_amounts_are_those_stated(planned: Plan) -> None:
    told = stories(planned.facts)
    sums = {name: expected.minor(told, name) for name in ("claimed", "verified")}
    sums["claimed"] -= expected.minor(told, "duplicate", "withdrawn")
    sums["ordered"] = expected.minor(told, "ordered")
    sums["paid"] = expected.minor(told, "paid", "reversed")
    sums["confirmed"] = expected.minor(told, "confirmed")
    sums["unpaid"] = sums["verified"] - sums["paid"]
    assert sums == STATED


def test_the_stories_payments_of_each_week_are_those_stated(planned: Plan) -> None:
    told = stories(planned.facts)
    paid = {
        number: expected.minor(week(number, END).of(told), "paid", "reversed")
        for number in range(1, len(weeks()) + 1)
    }
    assert {number: sum_ for number, sum_ in paid.items() if sum_} == STATED_PAID


def test_week_six_was_published_without_the_late_payment(planned: Plan) -> None:
    told = stories(planned.facts)
    signed = expected.figures(told, week(6, at("12-18p")))
    restated = expected.figures(told, week(6, at("01-02p")))
    assert (signed["S18-amount"], signed["S18-workers"]) == (3_700_000, 6)
    assert (restated["S18-amount"], restated["S18-workers"]) == (7_200_000, 11)


def test_one_worker_is_paid_by_two_employers_and_counts_once(planned: Plan) -> None:
    told = stories(planned.facts)
    lines = {(f.case, f.who) for f in told if f.kind == "paid"}
    assert (len(lines), expected.people(told)) == (104, 103)


def test_the_campaign_is_of_the_size_it_should_be(planned: Plan) -> None:
    facts = planned.facts
    assert expected.items(facts, "registered") == 300
    assert 117 <= expected.found(facts) <= 143
    assert 800 <= expected.items(facts, "claimed") <= 990
    assert 2_250 <= planned.steps <= 3_300
    channels = Counter(s.body["channel"] for s in steps(planned) if s.numbered)
    assert (channels["12345"], channels["window"], channels["web"]) == (105, 78, 18)


def test_every_step_has_a_key_of_its_own_and_is_at_a_stop(planned: Plan) -> None:
    every = steps(planned)
    assert len({step.key for step in every}) == len(every) == planned.steps
    assert {step.at for step in every} <= set(stops())
    assert len(working_days()) == 66


def test_five_refusals_are_planned_each_with_its_code(planned: Plan) -> None:
    refused = [(step.lane, step.refused) for step in steps(planned) if step.refused]
    assert sorted(refused) == [
        ("S1", "recorder-confirms"),
        ("S10", "invalid"),
        ("S3a", "ruling-binds"),
        ("S3a", "ruling-needed"),
        ("S3b", "ruling-needed"),
    ]


def test_f_2_3_0_both_mediated_cases_are_put_on_a_track_once_verified(
    planned: Plan,
) -> None:
    """S7: mediation kept and broken; a track is a stream of its own, no other moves."""
    said = [step for step in steps(planned) if step.path.endswith("/track")]
    told = [
        (s.lane, s.at, s.if_match, s.body["track"], s.body.get("reason")) for s in said
    ]
    assert sorted(told) == [
        ("S7a", at("12-27p"), 0, "mediation", None),
        ("S7b", at("12-07p"), 0, "mediation", None),
        ("S7b", at("12-25"), 1, "arbitration", "agreement-broken"),
    ]
    ended = {
        step.lane: step.if_match
        for step in steps(planned)
        if step.lane in {"S7a", "S7b"} and step.path.endswith("/conclusion")
    }
    assert ended == {"S7a": 0, "S7b": 0}
    verified = {
        lane: max(f.at for f in planned.facts if (f.lane, f.kind) == (lane, "verified"))
        for lane in ("S7a", "S7b")
    }
    assert all(
        datetime.fromisoformat(s.body["occurred_at"]) > verified[s.lane] for s in said
    )


def test_nobody_in_it_can_exist() -> None:
    numbers = [worker_id(number) for number in range(1, 1000)]
    assert len(set(numbers)) == 999
    for number in numbers:
        assert number[:9] == "310199189"
        assert not check_citizen_id(number, date(2023, 11, 10)).findings


def test_the_employers_codes_are_as_stated() -> None:
    assert credit_code(1) == "91310199MADEM0011W"
    codes = {key: one.credit_code for key, one in employers().items()}
    warned = {
        key for key, code in codes.items() if code and check_credit_code(code).findings
    }
    assert warned == {"E10"}
    assert {key for key, code in codes.items() if code is None} == {"E19", "E20"}
