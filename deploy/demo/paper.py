"""B1: the paper ledger 台账 of the development office, entered as a sheet in December.

Rows of history: they are nobody's work and count in no figure of the campaign. Three
say that wages were paid and name no order: findings, not errors.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from deploy.demo.people import employers
from deploy.demo.step import Book, Step
from deploy.demo.stops import STARTS_ON, at
from libs.calendar.local_days import day_of

LANE = "B1"
ROWS = 24
FIRST_MONDAY = date(2023, 11, 13)
A_WEEK = 5
BUILDERS = ("E02", "E03", "E05", "E13", "E16", "E17")
NO_ORDER = (4, 11, 19)
"""Rows that say what was paid, and no order to pay."""
OPEN = (23, 24)
UNPAID = 3
"""Every so many rows nothing was paid: it was closed otherwise."""
HEADERS = (
    "编号", "登记日期", "渠道", "类别", "单位", "人数", "反映金额", "认定金额",
    "核实日期", "责令金额", "责令日期", "送达日期", "已付金额", "支付日期", "办结日期",
    "状态",
)  # fmt: skip


def hand_in(book: Book) -> None:
    """Plan the import of the sheet."""
    turn = book.turn(LANE)
    book.steps.append(
        Step(
            at=at("12-18"),
            lane=LANE,
            turn=turn,
            key=book.key(LANE, turn),
            actor="do-01",
            service="intake",
            path="/v1/imports",
            body={"profile": "ledger", "mode": "apply"},
            early=True,
            sheet=sheet(),
        )
    )


def sheet() -> bytes:
    """Return the ledger as a CSV file."""
    lines = [HEADERS, *(tuple(_row(n)) for n in range(1, ROWS + 1))]
    return "".join(f"{','.join(line)}\r\n" for line in lines).encode()


def _row(n: int) -> Iterator[str]:
    """Yield a row's cells; sums are yuan."""
    received = _received(n)
    claimed = 6_380 + 1_270 * n + 90 * (n % 5)
    verified = claimed - 310 * (n % 4)
    is_open, is_paid = n in OPEN, n % UNPAID > 0 or n in NO_ORDER
    yield f"发台2023-{n:03d}"
    yield str(received)
    yield ("来访", "巡查", "上级交办")[n % 3]
    yield "投诉" if n % 4 else "举报"
    yield employers()[BUILDERS[n % len(BUILDERS)]].name
    yield str(1 + n % 4)
    yield str(claimed)
    yield from ("", "") if is_open else (str(verified), _after(received, 4))
    ordered = is_paid and not is_open and n not in NO_ORDER
    order = (str(verified), _after(received, 5), _after(received, 6))
    yield from order if ordered else ("", "", "")
    paid = (str(verified), _after(received, 9), _after(received, 11))
    yield from paid if is_paid and not is_open else ("", "", _closed(received, is_open))
    yield "办理中" if is_open else "已办结"


def _received(n: int) -> date:
    """Return when a row came in: one in the first week, then five a week."""
    if n == 1:
        return STARTS_ON
    week, day = divmod(n - 2, A_WEEK)
    return FIRST_MONDAY + timedelta(days=7 * week + day)


def _after(received: date, days: int) -> str:
    """Return a later day, and none after the sheet was handed in."""
    return str(min(received + timedelta(days=days), day_of(at("12-15"))))


def _closed(received: date, is_open: bool) -> str:  # noqa: FBT001 -- the state itself
    return "" if is_open else _after(received, 7)
