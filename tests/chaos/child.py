"""A service under faults: `python -m tests.chaos.child SERVICE serve`; with a bug.

On SIGUSR1 it says what it waits for, and what its consumers know.
"""

import asyncio
import gc
import importlib
import logging
import os
import signal
import sys

from libs.events.stream.subscription import Subscription
from libs.service.run import main
from tests.chaos import bugs


def say(*_: object) -> None:
    """Print each task's stack, and each group's share and fetching."""
    for task in list(asyncio.tasks._all_tasks):  # type: ignore[attr-defined]  # noqa: SLF001 -- a signal has no loop
        task.print_stack(limit=6)
    for one in gc.get_objects():
        if isinstance(one, Subscription):
            print("GROUP", *_told(one), sep="\n  ", file=sys.stderr, flush=True)  # noqa: T201 -- into the log


def _told(one: Subscription) -> list[object]:
    consumer = one.consumer()
    told: list[object] = [vars(one._member), vars(one._turn)]  # noqa: SLF001 -- all it knows
    if consumer is not None:
        told += [vars(consumer._fetcher), vars(consumer._coordinator)]  # noqa: SLF001
        taken = consumer._subscription.subscription  # noqa: SLF001
        states = taken.assignment._tp_state if taken and taken.assignment else {}  # noqa: SLF001
        told += [f"{partition} {state}" for partition, state in states.items()]
    return told


if __name__ == "__main__":
    name, verb = sys.argv[1:]
    signal.signal(signal.SIGUSR1, say)
    for library in ("aiokafka", "asyncio"):
        # Nobody's data: these people are made up. The service itself withholds it.
        logging.getLogger(library).addHandler(logging.StreamHandler())
    if bug := os.environ.get("CHAOS_BUG"):
        bugs.ALL[bug].let_in()
    main(importlib.import_module(f"services.{name}.app").SERVICE, [verb])
