"""The same payments summed by key with Quix Streams: state in its local RocksDB.

Its state is checkpointed every five seconds; ours is durable page by page.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import json
import logging
import sys
import tempfile
from typing import Any
from uuid import uuid4

from measuring import Meter, collect_seldom
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
        meter = Meter(told["servers"])
        with meter:
            application.run(count=ready["events"], timeout=LONGEST)
    if total != [ready["events"], ready["total"]]:
        raise AssertionError(total)
    sample = {
        "who": "quixstreams (RocksDB)",
        "at": f"{total[0]:,}",
        "rate": total[0] / meter.seconds,
        **meter.figures,
        "held": "count, the sum of the amounts",
    }
    print(json.dumps([sample]))  # noqa: T201


if __name__ == "__main__":
    collect_seldom()
    main()
