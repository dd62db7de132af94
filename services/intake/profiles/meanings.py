"""What a column of a sheet can mean, and what may stand in its cells."""

from collections.abc import Mapping
from enum import StrEnum


class Sort(StrEnum):
    """How the cells of a meaning are read, and whether they may leave intake."""

    NUMBER = "number"
    EMPLOYER = "employer"
    CREDIT_CODE = "credit_code"
    MONEY = "money"
    DAY = "day"
    COUNT = "count"
    CODE = "code"
    NOTES = "notes"
    PRIVATE = "private"


SORTS: Mapping[str, Sort] = {
    "channel_number": Sort.NUMBER,
    "employer": Sort.EMPLOYER,
    "credit_code": Sort.CREDIT_CODE,
    "claimed": Sort.MONEY,
    "verified": Sort.MONEY,
    "ordered": Sort.MONEY,
    "paid": Sort.MONEY,
    "received_on": Sort.DAY,
    "verified_on": Sort.DAY,
    "served_on": Sort.DAY,
    "hearing_on": Sort.DAY,
    "ordered_on": Sort.DAY,
    "referred_on": Sort.DAY,
    "paid_on": Sort.DAY,
    "closed_on": Sort.DAY,
    "workers": Sort.COUNT,
    "area": Sort.CODE,
    "channel": Sort.CODE,
    "kind": Sort.CODE,
    "status": Sort.CODE,
    "case_type": Sort.CODE,
    "order_kind": Sort.CODE,
    "petition_form": Sort.CODE,
    "industry": Sort.CODE,
    "individual": Sort.CODE,
    "notes": Sort.NOTES,
    "reporter_name": Sort.PRIVATE,
    "reporter_phone": Sort.PRIVATE,
    "reporter_id_number": Sort.PRIVATE,
    "address": Sort.PRIVATE,
}
"""Every meaning a profile may give to a column."""

SHEET = "sheet"
"""The name of the sheet, usable in a key beside the meanings."""


def of_sort(sort: Sort) -> tuple[str, ...]:
    """Return the meanings of one sort, in the vocabulary's order."""
    return tuple(name for name, found in SORTS.items() if found is sort)


WORDS: Mapping[str, tuple[str, str]] = {
    "channel_number": ("编号（对方或渠道的编号）", "number (theirs, or the channel's)"),
    "employer": ("用人单位名称", "employer's name"),
    "credit_code": ("统一社会信用代码", "unified social credit code"),
    "claimed": ("反映金额", "amount claimed"),
    "verified": ("认定金额", "amount verified"),
    "ordered": ("责令金额", "amount ordered"),
    "paid": ("已付金额", "amount paid"),
    "received_on": ("登记（收到）日期", "day of receipt"),
    "verified_on": ("核实日期", "day verified"),
    "served_on": ("送达日期", "day served"),
    "hearing_on": ("开庭日期", "day of the hearing"),
    "ordered_on": ("责令日期", "day ordered"),
    "referred_on": ("移送日期", "day referred"),
    "paid_on": ("支付日期", "day paid"),
    "closed_on": ("办结日期", "day closed"),
    "workers": ("人数", "number of workers"),
    "area": ("居民区（网格）编码", "code of the area"),
    "channel": ("来源渠道", "channel"),
    "kind": ("投诉或举报", "complaint or report"),
    "status": ("办理状态", "state"),
    "case_type": ("案件类型代码", "code of the kind of case"),
    "order_kind": ("工单类别", "kind of order"),
    "petition_form": ("信访形式", "form of the petition"),
    "industry": ("行业", "industry"),
    "individual": ("雇主是否个人", "whether the employer is an individual"),
    "notes": ("备注（原文进保险库）", "remarks (their words go into the vault)"),
    "reporter_name": ("反映人姓名（进保险库）", "reporter's name (vault)"),
    "reporter_phone": ("电话（进保险库）", "telephone (vault)"),
    "reporter_id_number": ("身份证号（进保险库）", "ID number (vault)"),
    "address": ("住址（进保险库）", "address (vault)"),
}
"""What each meaning is called where somebody chooses it: Chinese, English."""
