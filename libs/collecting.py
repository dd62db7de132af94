"""Collecting: how seldom Python looks for cycles where many events pass.

A page of a thousand events is tens of thousands of young objects that end by
themselves; looking for cycles among them was half of a reader's time.
"""

import gc

COLLECT_AFTER = 20_000
"""Objects made and not ended; Python's own is 700."""


def collect_seldom() -> None:
    """Take what was made until now for lasting, and look for cycles seldom."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 50)
