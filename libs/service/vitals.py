"""Vitals: a service's own numbers, which alarms are held against."""

import resource
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from libs.events.stream.trouble import Issue, Lag
from libs.service.checks import CHECKS
from libs.service.parts import Running
from libs.web.health import run_checks

# One question a look: how much waits, and since when, in seconds.
WAITING = """
SELECT (SELECT count(*) FROM parked)::float8 AS parked_events,
    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(parked_at)), 0)
     FROM parked)::float8 AS parked_seconds,
    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(started_at)), 0)
     FROM public.view_build WHERE state = 'building')::float8 AS rebuild_seconds,
    (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(asked_at)), 0)
     FROM relay_resend WHERE finished_at IS NULL)::float8 AS resend_seconds"""
READERS = {
    "failing": "reader_failing",
    "hole": "holes",
    "diverged": "partitions_diverged",
    "sealer": "sealer_failing",
}
NO_LAG = Lag(0, 0.0)
STATM = Path("/proc/self/statm")


async def lags(running: Running) -> dict[str, Lag]:
    """Return how far the relay and each reader are behind, in events and seconds.

    The relay's is left out where another replica leads.
    """
    found = {
        f"{name}:{topic}": lag
        for name, subscription in running.subscriptions.items()
        for topic, lag in subscription.lag().items()
    }
    relay = await running.relay.lag()
    return found if relay is None else {"relay": relay, **found}


def issues(running: Running) -> list[Issue]:
    """Return what keeps the relay and the readers from their work."""
    found = running.relay.issues()
    for subscription in running.subscriptions.values():
        found += subscription.issues()
    return found + (running.sealer.issues() if running.sealer else [])


async def vitals(running: Running) -> Mapping[str, float]:
    """Return every number that the bounds of alarms name."""
    behind = await lags(running)
    relay = behind.pop("relay", NO_LAG)
    checks = {name: partial(check, running) for name, check in CHECKS.items()}
    failing = [one for one in (await run_checks(checks)).values() if not one.ok]
    unheard = running.watermarks.unheard_seconds()
    own = [await gauge() for gauge in running.gauges]
    return {
        **{measure: value for found in own for measure, value in found.items()},
        **dict(await running.pool.fetchrow(WAITING)),
        "answering": 1.0,
        "checks_failing": float(len(failing)),
        "relay_lag_events": float(relay.events),
        "relay_lag_seconds": relay.seconds,
        "relay_issues": float(len(running.relay.issues())),
        "reader_lag_events": float(sum(lag.events for lag in behind.values())),
        "reader_lag_seconds": max((lag.seconds for lag in behind.values()), default=0),
        **_of_readers(issues(running)),
        "requests": float(running.door.requests),
        "refused_last_minute": float(running.door.refused_within(60)),
        "writer_waiting": float(running.desk.log.writer.waiting),
        **({} if unheard is None else {"watermark_behind_seconds": unheard}),
        "disk_free_ratio": _disk_free(running.settings.objects),
        "memory_bytes": _memory(),
    }


def _of_readers(found: Iterable[Issue]) -> dict[str, float]:
    counted = Counter(issue.code for issue in found)
    return {measure: float(counted[code]) for code, measure in READERS.items()}


def _disk_free(wanted: Path) -> float:
    # The folder is made by the first file that is put into it.
    folder = next(step for step in (wanted, *wanted.parents) if step.exists())
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def _memory() -> float:
    pages = int(STATM.read_text().split()[1])
    return float(pages * resource.getpagesize())
