"""B1: the demonstration's paper ledger is read whole, as history with its findings."""

from collections import Counter
from datetime import date

from deploy.demo.office import weeks
from deploy.demo.paper import LANE, sheet
from deploy.demo.plan import SEED, plan
from deploy.local.settings import ISSUER
from libs.sheets.source import Source
from services.intake.profiles.result import Outcome, RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import profile


def rows() -> list[RowResult]:
    return list(read_rows(open_sheets(profile("ledger"), Source("b1.csv", sheet()))))


def test_every_row_is_read_and_none_has_a_finding_of_its_cells() -> None:
    found = rows()
    assert [one.outcome for one in found] == [Outcome.SUCCESS] * 24
    assert [finding for one in found for finding in one.findings] == []


def test_three_rows_were_paid_without_an_order_and_two_are_open() -> None:
    fields = [one.fields for one in rows() if one.fields is not None]
    no_order = [one for one in fields if one.payment and "ordered_on" not in one.days]
    assert len(no_order) == 3
    assert sum(not one.closed for one in fields) == 2


def test_its_rows_came_in_from_the_first_week_to_the_sixth() -> None:
    days = [one.fields.days["received_on"].on for one in rows() if one.fields]
    of_week = Counter(
        number
        for number, (first, last) in enumerate(weeks(), 1)
        for day in days
        if first <= day <= last
    )
    assert of_week == {1: 1, 2: 5, 3: 5, 4: 5, 5: 5, 6: 3}
    assert max(days) <= date(2023, 12, 14)


def test_it_is_one_step_and_no_fact_of_the_campaigns_figures() -> None:
    planned = plan(SEED, "310199000000", ISSUER)
    (step,) = [one for stop in planned.stops for one in stop.early if one.sheet]
    assert (step.lane, step.actor, step.path) == (LANE, "do-01", "/v1/imports")
    assert not [fact for fact in planned.facts if fact.lane == LANE]
