"""Notice boards (F-2.2.1b, WPR 34): checked item by item, defects, later checks."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from libs.events.contracts.notice_boards import (
    BoardDuty,
    BoardItem,
    NoticeBoardChecked,
    NoticeBoardDefectFound,
)
from libs.events.testing import given
from libs.events.views.testing import told
from libs.ids import named
from services.enforcement import notice_boards
from services.enforcement.board_checklist import CHECKLISTS, checklist_on
from services.enforcement.notice_boards import KIND, InspectNoticeBoard
from services.reporting.reading.notice_boards import Counts
from services.reporting.views.notice_board import VIEW
from tests.unit.duty_scenes import row_of
from tests.unit.offices import by, on

SITE = named("test-site")
(RULE,) = notice_boards.RULES
EVERY: tuple[BoardDuty, ...] = (
    "displayed", "parties", "authority", "labour_clerk", "minimum_wage", "pay_day",
    "hotlines", "arbitration", "legal_aid", "public_service",
)  # fmt: skip
DAY = on(11, 23)


def inspecting(*defects: BoardDuty, at: datetime | None = None) -> InspectNoticeBoard:
    return InspectNoticeBoard(
        project_id=SITE,
        project_name="虚构一号工地",
        area="R1",
        by_unit="DO",
        defects=frozenset(defects),
        occurred_at=at,
    )


def checked(
    *defects: BoardDuty, corrected: tuple[BoardDuty, ...] = (), at: datetime = DAY
) -> NoticeBoardChecked:
    return NoticeBoardChecked(
        project_id=SITE,
        project_name="虚构一号工地",
        area="R1",
        by_unit="DO",
        items=tuple(BoardItem(item=one, met=one not in defects) for one in EVERY),
        compliant=not defects,
        corrected=corrected,
        checklist_version=1,
        checked_at=at,
    )


def found(item: BoardDuty, article: str) -> NoticeBoardDefectFound:
    return NoticeBoardDefectFound(
        project_id=SITE,
        item=item,
        article=article,
        penalty="第五十六条第四项",
        by_unit="DO",
    )


def test_each_defect_is_found_with_its_article() -> None:
    """F-2.2.1b: WPR 34 items 1 to 3, penalty WPR 56 item 4."""
    given().when(RULE, inspecting(), by("DO", DAY)).then(checked())
    given().when(RULE, inspecting("pay_day", "parties"), by("DO", DAY)).then(
        checked("parties", "pay_day"),
        found("parties", "第三十四条第一项"),
        found("pay_day", "第三十四条第二项"),
    )


def test_a_board_that_is_not_there_meets_nothing() -> None:
    events = given().when(RULE, inspecting("displayed"), by("DO", DAY)).events
    assert events[0] == checked(*EVERY)
    said = [one for one in events if isinstance(one, NoticeBoardDefectFound)]
    assert [one.item for one in said] == [*EVERY]


def test_f_2_2_1b_a_later_check_closes_a_defect() -> None:
    """F-2.2.1b: what stands is not found again; what is met is corrected."""
    later = on(12, 1)
    held = given(KIND, SITE, checked("parties", "pay_day"))
    held.when(RULE, inspecting("parties"), by("DO", later)).then(
        checked("parties", corrected=("pay_day",), at=later)
    )
    held.when(RULE, inspecting("parties", "hotlines"), by("DO", later)).then(
        checked("parties", "hotlines", corrected=("pay_day",), at=later),
        found("hotlines", "第三十四条第三项"),
    )
    over = held.given(KIND, SITE, checked(corrected=("parties", "pay_day"), at=later))
    again = over.when(RULE, inspecting("pay_day"), by("DO", on(12, 5)))
    again.then_says("NoticeBoardChecked", "NoticeBoardDefectFound")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (inspecting(at=on(11, 20)), "check-older"),
        (
            inspecting().model_copy(update={"project_name": "13800000001"}),
            "personal-number",
        ),
    ],
)
def test_the_last_check_counts_and_names_no_person(
    asked: InspectNoticeBoard, code: str
) -> None:
    held = given(KIND, SITE, checked("parties"))
    held.when(RULE, asked, by("DO", on(12, 1))).then_rejected(code)


def test_before_the_article_was_in_force_there_is_no_checklist() -> None:
    old = inspecting(at=datetime.fromisoformat("2020-04-30T09:00:00+08:00"))
    given().when(RULE, old, by("DO", DAY)).then_rejected("no-checklist")
    first = checklist_on(date(2020, 5, 1))
    assert first is not None
    assert tuple(one.item for one in first.items) == EVERY
    assert first in CHECKLISTS


def test_the_register_has_the_last_check_and_the_rate_its_denominator() -> None:
    stream = KIND.stream(SITE)
    later = on(12, 1)
    first = (checked("parties"), found("parties", "第三十四条第一项"))
    row = row_of(VIEW, told(stream, *first))
    assert (row.compliant, row.defects, row.found) == (False, ("parties",), 1)
    second = checked(corrected=("parties",), at=later)
    after = row_of(VIEW, told(stream, *first, second))
    assert (after.compliant, after.defects, after.checks) == (True, (), 2)
    assert (after.found, after.corrected, after.checked_at) == (1, 1, later)
    counts = Counts(checked=3, compliant=2, checks=5, found=4, corrected=3)
    assert counts.rate == "66.7"
    assert replace(counts, checked=0, compliant=0).rate is None
