"""The law's day: a calendar day of Asia/Shanghai and its two ends in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""No fact and no question is about a time before it."""


def day_of(moment: date | datetime) -> date:
    """Tell the local day of an instant; a date stays itself.

    Raises `ValueError` for a datetime without an offset: it names no instant.
    """
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("An instant needs an offset from UTC.")
    return moment.astimezone(SHANGHAI).date()


def start_of_day(on: date) -> datetime:
    """00:00 in Shanghai, in UTC."""
    return datetime.combine(on, time.min, SHANGHAI).astimezone(UTC)


def end_of_day(on: date) -> datetime:
    """24:00 in Shanghai, which is the next day's 00:00, in UTC."""
    return start_of_day(on + ONE_DAY)
