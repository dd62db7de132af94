"""The same payments summed by key with Quix Streams: state in its local RocksDB.

Its state is checkpointed every five seconds; ours is durable page by page.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import gc
import json
import logging
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from quixstreams import Application, State

LONGEST = 120


def add(value: dict[str, Any], state: State) -> None:
    """Add one payment to its claim's sum and count."""
    state.set("minor", state.get("minor", 0) + value["amount"]["minor"])
    state.set("payments", state.get("payments", 0) + 1)


def main() -> None:
    """Read the topic to its end and say how fast."""
    told = json.loads(sys.stdin.read())
    ready = told["ready"]
    total = [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        application = Application(
            broker_address=told["kafka"],
            consumer_group=f"quix-{uuid4()}",
            auto_offset_reset="earliest",
            state_dir=folder,
            use_changelog_topics=True,
            loglevel=logging.WARNING,
        )
        topic = application.topic(
            ready["topic"], value_deserializer="json", key_deserializer="str"
        )
        frame = application.dataframe(topic)
        frame = frame.update(add, stateful=True)

        def count(value: dict[str, Any]) -> None:
            total[0] += 1
            total[1] += value["amount"]["minor"]

        frame.update(count)
        began, cpu = time.perf_counter(), _cpu()
        application.run(count=ready["events"], timeout=LONGEST)
        seconds, spent = time.perf_counter() - began, _cpu() - cpu
    if total[0] != ready["events"]:
        raise AssertionError(total)
    sample = {
        "who": "quixstreams (RocksDB)",
        "at": "10k keys",
        "rate": total[0] / seconds,
        "cpu": spent,
        "memory": _peak(),
        "held": "count",
    }
    print(json.dumps([sample]))  # noqa: T201


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    # The same as in every other contender's process.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    main()
