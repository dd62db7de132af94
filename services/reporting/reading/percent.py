"""Percent: a part of a whole as printed, rounded half up to a tenth."""


def percent(over: int, under: int) -> str | None:
    """Return over ÷ under in percent, with one digit; None when there is no whole."""
    if under == 0:
        return None
    tenths = (over * 2000 + under) // (under * 2)
    return f"{tenths // 10}.{tenths % 10}"
