"""`make bench`: the first ratios, on servers started for this run and gone with it."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from deploy.local import running
from deploy.local.settings import Settings
from libs.events.stream.topics import PARTITIONS
from tests.bench import payments
from tests.bench.appending import append_ratio
from tests.bench.ratio import REPEATS, Ratio, table
from tests.bench.rebuilding import rebuild_ratio
from tests.bench.viewing import view_ratio
from tests.bench.visible import visible_ratios
from tests.stack import FreshDatabases, FreshTopics, drop_databases, temporary_folder

KEPT = Path(".local/bench")


@contextmanager
def the_system() -> Iterator[Settings]:
    """Yield the settings of the whole system, started for this run."""
    with temporary_folder() as state:
        environment = {**os.environ, "QINGXIN_STATE": str(state)}
        command = [sys.executable, "-m", "deploy.local"]
        subprocess.run(  # noqa: S603 -- our own command.
            [*command, "up", "--detach"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield running.settings(state)
        finally:
            subprocess.run(  # noqa: S603 -- our own command.
                [*command, "down"], check=True, env=environment, stdout=sys.stderr
            )


async def measured(settings: Settings) -> list[Ratio]:
    """Return all ratios, one after another, each on databases and topics of its own."""
    kafka, admin = settings.servers.kafka, settings.servers.admin
    templates: dict[str, str] = {}
    databases, topics = FreshDatabases(admin, templates), FreshTopics(kafka)
    try:
        _say("append")
        ratios = [await append_ratio(databases)]
        await topics.make(payments.TOPIC, partitions=PARTITIONS)
        round_trip = (await topics.make("round-trip", partitions=1))[0]
        await payments.send(kafka, topics.prefix + payments.TOPIC)
        _say("view")
        ratios.append(await view_ratio(databases, topics, kafka))
        _say("rebuild")
        ratios.append(await rebuild_ratio(databases, topics, kafka))
        _say("complaint to ledger")
        return [*ratios, *await visible_ratios(settings, round_trip)]
    finally:
        await databases.drop_all()
        await drop_databases(admin, list(templates.values()))
        await topics.delete_all()


def kept(ratios: list[Ratio], seconds: float) -> Path:
    """Write the ratios down; return where."""
    at = datetime.now(UTC)
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{at:%Y%m%dT%H%M%SZ}.json"
    content = {
        "at": at.isoformat(),
        "seconds": seconds,
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "repeats": REPEATS,
        "ratios": [each.to_json() for each in ratios],
    }
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return file


def main() -> None:
    """Measure, print, keep."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    began = time.monotonic()
    _say("the system starts")
    with the_system() as settings:
        ratios = asyncio.run(measured(settings))
    seconds = time.monotonic() - began
    print(table(ratios))  # noqa: T201 -- what it is for.
    print(f"medians of {REPEATS} · {seconds:.0f} s · {kept(ratios, seconds)}")  # noqa: T201


def _say(what: str) -> None:
    print(f"bench: {what} …", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
