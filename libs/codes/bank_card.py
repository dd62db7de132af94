"""Bank card numbers: the Luhn check (ISO/IEC 7812-1), which only warns."""

import re

from libs.codes.findings import Finding, Verdict, tidy

_SHAPE = re.compile(r"\d{12,19}", re.ASCII)

_BAD_SHAPE = Finding(
    "bank-card-shape",
    "error",
    "银行卡号为12至19位数字；请核对。",
    "A bank card number has 12 to 19 digits; check it.",
)
# Passbooks and some older accounts carry numbers without a Luhn digit.
_BAD_CHECK = Finding(
    "bank-card-check",
    "warning",
    "银行卡号的校验位不符；请核对，确认无误可继续。",
    "The check digit does not fit; check the number, and confirm it if it is right.",
)


def check_bank_card(text: str) -> Verdict:
    """Check the shape (error) and the Luhn digit (warning only)."""
    value = tidy(text)
    if _SHAPE.fullmatch(value) is None:
        return Verdict(value, (_BAD_SHAPE,))
    return Verdict(value) if luhn_holds(value) else Verdict(value, (_BAD_CHECK,))


def luhn_holds(digits: str) -> bool:
    """Whether every second digit from the right, doubled, brings the sum to tens."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - digit sum
    return total % 10 == 0
