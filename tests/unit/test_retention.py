"""Retention floors (PIPL 6, 19, 47 ¶2): by kind of file and date, with the article."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from deploy.cli.erasures import written
from libs.calendar.local_days import day_of
from libs.events.contracts.enforcement import CaseFiled
from libs.events.contracts.intake import PersonDataErased
from libs.events.contracts.routing import CaseClosed, CaseOpened, CaseReopened
from libs.events.decider import Rejected
from libs.events.testing import given, stamp
from libs.events.views.testing import given as seen
from libs.events.views.testing import recorded, told
from services.intake import case_files, retention
from services.intake.retention import FLOORS, Floor, KeptFile, held_by, kept, release
from services.intake.vault.access import BY_MISTAKE, RULES, ErasePersonData
from services.intake.vault.outliving import outlived

RULE = {rule.command: rule for rule in RULES}[ErasePersonData]
PERSON, CASE, CLUE = UUID(int=7), UUID(int=8), UUID(int=9)
CLOSED = date(2024, 2, 29)


def file(kind: retention.FileKind, on: date | None = CLOSED) -> KeptFile:
    return KeptFile(kinds=(kind,), closed_on=on)


@pytest.mark.parametrize(
    ("kind", "first_day", "article"),
    [
        ("handling", date(2029, 3, 1), "第二十四条"),
        ("arbitration", date(2034, 3, 1), "第二十四条"),
        ("inspection", date(2034, 3, 1), "定期保管期限"),
        ("referral", date(2034, 3, 1), "定期保管期限"),
    ],
)
def test_each_kind_of_file_keeps_until_its_day_under_its_article(
    kind: retention.FileKind, first_day: date, article: str
) -> None:
    found = kept(file(kind))
    assert (found.first_day, found.floor and found.floor.article) == (
        first_day,
        article,
    )
    day_before = date.fromordinal(first_day.toordinal() - 1)
    assert held_by([file(kind)], day_before) == found
    assert held_by([file(kind)], first_day) is None
    with pytest.raises(Rejected) as refusal:
        release([file(kind)], day_before)
    assert refusal.value.code == "retention-floor"
    assert first_day.isoformat() in refusal.value.message
    assert article in (refusal.value.article or "")


def test_every_kind_has_a_floor_and_a_case_its_kinds_by_how_it_ended() -> None:
    assert {one.kind for one in FLOORS} == {
        "handling",
        "arbitration",
        "inspection",
        "referral",
    }
    assert retention.kinds_of("paid", filed=False) == ("handling",)
    assert retention.kinds_of("other_forum", filed=True) == (
        "arbitration",
        "inspection",
    )
    assert retention.kinds_of("referred_out", filed=False) == ("referral",)


def test_the_longest_of_all_files_keeps_and_an_open_one_for_good() -> None:
    older, newer = file("inspection", date(2010, 1, 4)), file("handling")
    held = held_by([older, newer], date(2026, 1, 1))
    assert held is not None
    assert held.first_day == date(2029, 3, 1)
    with pytest.raises(Rejected) as refusal:
        release([older, file("handling", None)], date(2099, 1, 1))
    assert refusal.value.code == "file-open"
    assert refusal.value.article == "个人信息保护法第四十七条第二款"


def test_a_file_is_kept_by_the_version_in_force_when_it_was_closed() -> None:
    old = next(one for one in FLOORS if one.kind == "handling")
    new = old.model_copy(
        update={"version": 2, "effective_from": date(2025, 1, 1), "years": 7}
    )
    floors: tuple[Floor, ...] = (new, old)
    assert kept(file("handling"), floors).first_day == date(2029, 3, 1)
    later = file("handling", date(2025, 1, 1))
    assert kept(later, floors).first_day == date(2032, 1, 1)
    before = file("handling", date(2001, 5, 4))
    assert kept(before, floors).first_day == date(2006, 5, 4)


def test_a_file_that_lets_go_says_its_floor_and_its_last_day() -> None:
    both = KeptFile(kinds=("handling", "inspection"), closed_on=CLOSED)
    (gone,) = outlived([both, file("handling", None)])
    assert (gone.rule, gone.years, gone.kind) == ("RET-inspection", 10, "inspection")
    assert (gone.closed_on, gone.last_day) == (CLOSED, date(2034, 2, 28))
    assert gone.law == "机关文件材料归档范围和文书档案保管期限规定定期保管期限"
    due = {"person_id": PERSON, "since": "2034-03-01", "clues": 1}
    head, line = written([{**due, "files": [asdict(gone)]}]).splitlines()
    assert (head[:10], str(PERSON) in head) == ("2034-03-01", True)
    assert line.strip() == (
        f"kept to 2034-02-28 by RET-inspection v1 ({gone.law}), closed 2024-02-29"
    )
    assert written([]).startswith("Nobody is due")


def test_nobody_is_erased_before_the_floor_save_who_was_entered_by_mistake() -> None:
    early, late = (
        stamp(at=datetime(year, 3, 2, tzinfo=UTC), role="leading-group", unit="LG")
        for year in (2024, 2029)
    )
    asked = ErasePersonData(
        person_id=PERSON, reason="own-request", files=(file("handling"),)
    )
    given().when(RULE, asked, early).then_rejected("retention-floor")
    gone = PersonDataErased(person_id=PERSON, reason="own-request")
    given().when(RULE, asked, late).then(gone)
    mistaken = asked.model_copy(update={"reason": BY_MISTAKE})
    wrong = PersonDataErased(person_id=PERSON, reason=BY_MISTAKE)
    given().when(RULE, mistaken, early).then(wrong)


def test_a_case_file_is_closed_opened_again_and_known_to_be_filed() -> None:
    opened = CaseOpened(
        case_id=CASE,
        clue_id=CLUE,
        first_asked_unit="LI",
        channel="window",
        employer_id=UUID(int=3),
    )
    over = CaseClosed(case_id=CASE, kind="paid")
    stream = f"case-{CASE}"
    row = case_files.CaseFile(CASE, CLUE)
    ended = told(stream, opened, over)
    on = day_of(recorded(ended)[-1].recorded_at)
    shut = replace(row, closed_on=on, closed_as="paid")
    seen(ended).project(case_files.VIEW).then({stream: shut})
    again = CaseReopened(case_id=CASE, reason="review")
    seen(told(stream, opened, over, again)).project(case_files.VIEW).then({stream: row})
    filed = CaseFiled(case_id=CASE, unit="LI", officer_ids=())
    own = f"proceeding-{CASE}"
    said = case_files.CaseFile(CASE, filed=True)
    seen(told(own, filed)).project(case_files.VIEW).then({own: said})
