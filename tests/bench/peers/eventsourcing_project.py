"""A ledger in PostgreSQL by pyeventsourcing's ProjectionRunner, position inside."""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic

CLAIMS, EACH = 300, 10
LONGEST = 120


class Claim(Aggregate):
    """A claim with its payments."""

    @event("Opened")
    def __init__(self) -> None:
        self.minor = 0

    @event("WagesPaid")
    def pay(self, minor: int) -> None:
        self.minor += minor


class Claims(Application):
    """The claims."""


class Ledger(PostgresTrackingRecorder):
    """The ledger and its history, in one transaction with the tracking."""

    def create_table(self) -> None:
        """Create both tables."""
        super().create_table()
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "CREATE TABLE paid (claim uuid PRIMARY KEY, minor bigint, payments int)"
            )
            cursor.execute(
                "CREATE TABLE paid_history (claim uuid, version int, minor bigint,"
                " PRIMARY KEY (claim, version))"
            )

    def add(self, row: tuple[Any, int, int], tracking: Tracking) -> None:
        """Add a payment."""
        claim, version, minor = row
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "INSERT INTO paid VALUES (%s, %s, 1) ON CONFLICT (claim) DO UPDATE"
                " SET minor = paid.minor + EXCLUDED.minor,"
                " payments = paid.payments + 1",
                (claim, minor),
            )
            cursor.execute(
                "INSERT INTO paid_history VALUES (%s, %s, %s)", (claim, version, minor)
            )
            self._insert_tracking(cursor, tracking)


class Paid(Projection[Ledger]):
    """Reads payments into the ledger."""

    name = "paid"
    topics = (get_topic(Claim.WagesPaid),)

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take one event in."""
        row = (
            domain_event.originator_id,
            domain_event.originator_version,
            domain_event.minor,
        )
        self.view.add(row, tracking)


def main() -> None:
    """Fill a store, project it, and say how fast."""
    told = json.loads(sys.stdin.read())
    admin, name = urlsplit(told["admin"]), f"peer_{uuid4().hex}"
    with psycopg.connect(told["admin"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    os.environ |= {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": name,
        "POSTGRES_HOST": str(admin.hostname),
        "POSTGRES_PORT": str(admin.port),
        "POSTGRES_USER": str(admin.username),
        "POSTGRES_PASSWORD": str(admin.password),
    }
    try:
        last = _fill()
        sample = _project(last)
    finally:
        with psycopg.connect(told["admin"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    print(json.dumps([sample]))  # noqa: T201


def _fill() -> int:
    application = Claims()
    claims = [Claim() for _ in range(CLAIMS)]
    for turn in range(EACH):
        for claim in claims:
            claim.pay(turn * 100)
    application.save(*claims)
    last = application.recorder.max_notification_id() or 0
    application.close()
    return last


def _project(last: int) -> dict[str, Any]:
    began, cpu = time.perf_counter(), _cpu()
    with ProjectionRunner(
        application_class=Claims, projection_class=Paid, view_class=Ledger
    ) as runner:
        runner.wait(last, timeout=LONGEST)
        seconds, spent = time.perf_counter() - began, _cpu() - cpu
        with runner.projection.view.datastore.transaction() as cursor:
            cursor.execute("SELECT sum(payments) AS payments FROM paid")
            row = cursor.fetchone()
    if row is None or row["payments"] != CLAIMS * EACH:
        raise AssertionError(row)
    return {
        "who": "pyeventsourcing ProjectionRunner",
        "at": "10k keys",
        "rate": CLAIMS * EACH / seconds,
        "cpu": spent,
        "memory": _peak(),
        "held": "the count of payments",
    }


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
