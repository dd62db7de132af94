"""Workers: processes of our own that share one long reading."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait

from libs.collecting import collect_seldom

NICE = 10


def workers(count: int) -> ProcessPoolExecutor:
    """Return so many processes; close them after.

    They give way to what serves, leave Ctrl-C to the one that started them, and end
    with it: what they had under way is rolled back when their connections close.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin)


def _begin() -> None:
    os.nice(NICE)
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
