"""A ledger in PostgreSQL by pyeventsourcing's ProjectionRunner, position inside.

It reads the first of the payments that the others read: it would take minutes for all.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from measuring import Meter, collect_seldom, database

AT_ONCE = 1000
LONGEST = 120
FEN = 100
CHECK = """
SELECT (SELECT count(*) FROM paid) AS claims, (SELECT sum(minor) FROM paid) AS minor,
    (SELECT sum(payments) FROM paid) AS payments,
    (SELECT count(*) FROM paid_history) AS versions"""


class Claim(Aggregate):
    """A claim with its payments."""

    @event("WagesPaid")
    def pay(self, payment: dict[str, Any]) -> None:
        """Take a payment: the fields that everybody stores."""


class Claims(Application):
    """The claims."""


@dataclass(frozen=True)
class Row:
    """One payment as the ledger takes it."""

    claim: UUID
    version: int
    case: UUID
    minor: int


class Ledger(PostgresTrackingRecorder):
    """The ledger and its history, in one transaction with the tracking."""

    def create_table(self) -> None:
        """Create both tables."""
        super().create_table()
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "CREATE TABLE paid (claim uuid PRIMARY KEY, case_id uuid,"
                " minor bigint, payments int)"
            )
            cursor.execute(
                "CREATE TABLE paid_history (claim uuid, version int, case_id uuid,"
                " minor bigint, PRIMARY KEY (claim, version))"
            )

    def add(self, row: Row, tracking: Tracking) -> None:
        """Add a payment."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "INSERT INTO paid VALUES (%s, %s, %s, 1) ON CONFLICT (claim) DO UPDATE"
                " SET minor = paid.minor + EXCLUDED.minor,"
                " payments = paid.payments + 1",
                (row.claim, row.case, row.minor),
            )
            cursor.execute(
                "INSERT INTO paid_history VALUES (%s, %s, %s, %s)",
                (row.claim, row.version, row.case, row.minor),
            )
            self._insert_tracking(cursor, tracking)


class Paid(Projection[Ledger]):
    """Reads payments into the ledger."""

    name = "paid"
    topics = (get_topic(Claim.WagesPaid),)

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take one event in."""
        said = domain_event.payment
        version, case = domain_event.originator_version, UUID(said["case_id"])
        minor = said["amount"]["minor"]
        row = Row(domain_event.originator_id, version, case, minor)
        self.view.add(row, tracking)


def payments(ready: dict[str, Any]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Yield claims and what is paid: what the topic of the others begins with."""
    random, common = Random(ready["seed"]), json.loads(ready["payload"])
    for number in range(ready["few"]):
        claim = UUID(int=random.randrange(ready["claims"]) + 1)
        amount = {**common["amount"], "minor": number % 1000 * FEN}
        yield (
            claim,
            {
                **common,
                "claim_id": str(claim),
                "case_id": str(UUID(int=claim.int // 5 + 1)),
                "payment_id": str(UUID(int=number + 1)),
                "person_id": str(claim),
                "amount": amount,
            },
        )


def main() -> None:
    """Fill a store, project it, and say how fast."""
    told = json.loads(sys.stdin.read())
    with database(told["admin"]) as place:
        os.environ["PERSISTENCE_MODULE"] = "eventsourcing.postgres"
        os.environ |= {f"POSTGRES_{k.upper()}": v for k, v in place.items()}
        paid = list(payments(told["ready"]))
        sample = _project(told, paid, _fill(paid))
    print(json.dumps([sample]))  # noqa: T201


def _fill(paid: list[tuple[UUID, dict[str, Any]]]) -> int:
    """Store each payment as its claim's next event; return the last one's number."""
    application = Claims()
    versions = dict[UUID, int]()
    events = []
    for claim, payment in paid:
        versions[claim] = versions.get(claim, 0) + 1
        said = Claim.WagesPaid(
            originator_id=claim,
            originator_version=versions[claim],
            timestamp=Claim.WagesPaid.create_timestamp(),
            payment=payment,
        )
        events.append(said)
    for first in range(0, len(events), AT_ONCE):
        application.events.put(events[first : first + AT_ONCE])
    last = application.recorder.max_notification_id() or 0
    application.close()
    return last


def _project(
    told: dict[str, Any], paid: list[tuple[UUID, dict[str, Any]]], last: int
) -> dict[str, Any]:
    meter = Meter(told["servers"])
    with ExitStack() as stack:
        # Its start is measured, as every other contender's is, not its end.
        with meter:
            runner = stack.enter_context(
                ProjectionRunner(
                    application_class=Claims, projection_class=Paid, view_class=Ledger
                )
            )
            runner.wait(last, timeout=LONGEST)
        with runner.projection.view.datastore.transaction() as cursor:
            cursor.execute(CHECK)
            found = dict(cursor.fetchone())
    _check(found, paid)
    return {
        "who": "pyeventsourcing ProjectionRunner",
        "at": f"{len(paid):,}",
        "rate": len(paid) / meter.seconds,
        **meter.figures,
        "held": "rows, versions in the history, the sum of the amounts",
    }


def _check(found: dict[str, Any], paid: list[tuple[UUID, dict[str, Any]]]) -> None:
    """Hold that every payment is in the view once, and in its history."""
    there = {
        "claims": len({claim for claim, _ in paid}),
        "minor": sum(payment["amount"]["minor"] for _, payment in paid),
        "payments": len(paid),
        "versions": len(paid),
    }
    if found != there:
        raise AssertionError(found)


if __name__ == "__main__":
    collect_seldom()
    main()
