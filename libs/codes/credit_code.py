"""Unified social credit code of an employer 统一社会信用代码 (GB 32100-2015)."""

from libs.codes.findings import Finding, Verdict, tidy

# No I, O, S, V, Z: they are too like 1, 0, 5, U, 2.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = 18

_SHAPE = Finding(
    "credit-code-shape",
    "error",
    "统一社会信用代码为18位数字或大写字母（不含I、O、S、V、Z）；请核对，或留空。",
    "A unified social credit code has 18 digits or capital letters (no I, O, S, V, Z);"
    " check it, or leave it empty.",
)
# Codes of the pilot years fail the check and are legal all the same.
_CHECK = Finding(
    "credit-code-check",
    "warning",
    "统一社会信用代码的校验位不符；请核对，确认无误可继续。",
    "The check character does not fit; check the code, and confirm it if it is right.",
)


def check_credit_code(text: str) -> Verdict:
    """Check the shape (error) and the check character (warning only)."""
    value = tidy(text)
    if len(value) != LENGTH or any(c not in ALPHABET for c in value):
        return Verdict(value, (_SHAPE,))
    if value[-1] != credit_check_character(value[:-1]):
        return Verdict(value, (_CHECK,))
    return Verdict(value)


def credit_check_character(first_17: str) -> str:
    """Compute the 18th character: (31 - sum of value times weight mod 31) mod 31."""
    values = [ALPHABET.index(c) for c in first_17]
    total = sum(v * w for v, w in zip(values, WEIGHTS, strict=True))
    return ALPHABET[-total % len(ALPHABET)]
