"""Telephone numbers of mainland China: mobile, and landline of Shanghai."""

import re

from libs.codes.findings import Finding, Verdict, tidy

_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(?P<number>1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"(?:(?:\+|00)?86)?0?(?P<number>21[2-9]\d{7})", re.ASCII)

_SHAPE = Finding(
    "phone-shape",
    "error",
    "请填写11位手机号码，或021开头的上海固定电话。",
    "Enter a mobile number of 11 digits, or a Shanghai landline that begins with 021.",
)


def check_phone(text: str) -> Verdict:
    """Check a number; the value kept is E.164, for example `+8613800000000`."""
    value = to_e164(text)
    return Verdict(tidy(text), (_SHAPE,)) if value is None else Verdict(value)


def to_e164(text: str) -> str | None:
    """Write a number as E.164; None when it is no number that can be called."""
    typed = tidy(text).replace("(", "").replace(")", "")
    found = _MOBILE.fullmatch(typed) or _LANDLINE.fullmatch(typed)
    return f"+86{found['number']}" if found else None
