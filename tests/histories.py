"""How many random histories a property is held to: few as a rule, or ten thousand."""

import os


def many(usual: int) -> int:
    """Return `QINGXIN_HISTORIES` if it is set, else the usual number of examples."""
    return int(os.environ.get("QINGXIN_HISTORIES") or usual)
