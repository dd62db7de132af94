"""The office's own acts: campaign, weeks, the holidays of 2024, zero reports."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from deploy.demo.step import Book, Step
from deploy.demo.stops import (
    AFTERNOON,
    END,
    ENDS_ON,
    STARTS_ON,
    at,
    calendar,
    working_days,
)
from libs import ids
from libs.calendar.local_days import SHANGHAI

OFFICE = "lg-01"
LANE = "office"
SUNDAY = 6
HALF_AN_HOUR = timedelta(minutes=30)
SILENT_WEEK = 9
RESIDENTIAL = ("r1-01", "r2-01", "r3-01", "r4-01", "r5-01", "r6-01")
"""Two stations (M1, M2) file nothing: that is no zero."""


def weeks() -> list[tuple[date, date]]:
    """Return the first and last day of each campaign week."""
    found, first = [], STARTS_ON
    while first <= ENDS_ON:
        last = min(first + timedelta(days=SUNDAY - first.weekday()), ENDS_ON)
        found.append((first, last))
        first = last + timedelta(days=1)
    return found


def closing_stop(last: date) -> datetime:
    """Return when a week is closed: the next working day's afternoon, or the end."""
    later = [day for day in working_days() if day > last]
    return datetime.combine(later[0], AFTERNOON, SHANGHAI) if later else END


def after_close(number: int) -> datetime:
    """Return when a week, the first is 1, is closed and all of that stop is told."""
    return closing_stop(weeks()[number - 1][1]) + HALF_AN_HOUR


def campaign_id(book: Book) -> UUID:
    """Return the campaign's id, which follows from its first command."""
    command = uuid5(ids.actor_id(book.issuer, OFFICE), book.key(LANE, 1))
    return uuid5(command, "campaign")


def run(book: Book) -> None:
    """Plan the office's acts."""
    opening = {
        "title": "演示街道今冬明春根治欠薪专项行动（虚构）",
        "notice_number": "演示劳监〔2023〕1号",
        "notice_signed_on": "2023-11-10",
        "starts_on": STARTS_ON.isoformat(),
        "ends_on": ENDS_ON.isoformat(),
    }
    _ask(book, at("11-10"), "/v1/campaigns", opening)
    _late_calendar(book)
    this = f"/v1/campaigns/{campaign_id(book)}"
    for number, (_, last) in enumerate(weeks(), 1):
        stop = closing_stop(last)
        _ask(book, stop, f"{this}/weeks/{number}/closing", {})
        _ask(book, stop, f"{this}/snapshots", {})
        if number == SILENT_WEEK - 1:
            _zero_reports(book, this)


def _late_calendar(book: Book) -> None:
    """Adopt the holidays of 2024, a month after they were announced.

    What runs into the new year was provisional until then, and is counted anew.
    """
    notice = next(one for one in calendar().in_force if one.year == ENDS_ON.year)
    step = _asked(book, at("11-27"), "/v1/calendars")
    said = {"notice": notice.model_dump(mode="json")}
    book.steps.append(replace(step, service="routing", body=said, settles=True))


def _zero_reports(book: Book, this: str) -> None:
    for who in RESIDENTIAL:
        unit = who[:2].upper()
        body = {"week": SILENT_WEEK, "unit": unit}
        _ask(book, at("01-08"), f"{this}/zero-reports", body, who)


def _ask(
    book: Book, stop: datetime, path: str, body: dict[str, Any], who: str = OFFICE
) -> None:
    book.steps.append(replace(_asked(book, stop, path), body=body, actor=who))


def _asked(book: Book, stop: datetime, path: str) -> Step:
    turn = book.turn(LANE)
    return Step(
        at=stop,
        lane=LANE,
        turn=turn,
        key=book.key(LANE, turn),
        actor=OFFICE,
        service="reporting",
        path=path,
        body={},
        early=True,
    )
