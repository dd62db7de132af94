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
