"""Append with pyeventsourcing's own recorder, with its table lock and without.

Run by the peers' Python: it shares no code with us but the words it prints.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from measuring import Meter, collect_seldom, database

CLIENTS = (1, 8, 32, 128, 256)
# Its users' default is 5 and 10 more; more connections only wait for the same lock.
POOL, OVERFLOW = 5, 10
WARM_UP, SECONDS = 0.3, 1.0
SAFE = "pyeventsourcing"
UNSAFE = "pyeventsourcing, unsafe"


def measured(told: dict[str, Any], clients: int, *, unsafe: bool) -> dict[str, Any]:
    """Measure one setting on a database of its own."""
    with database(told["admin"]) as place:
        store = PostgresDatastore(
            **place,
            pool_size=POOL,
            max_overflow=OVERFLOW,
            enable_db_functions=unsafe,
        )
        try:
            recorder = PostgresApplicationRecorder(store, events_table_name="event")
            recorder.create_table()
            who = UNSAFE if unsafe else SAFE
            return {"who": who, "at": str(clients), **_timed(recorder, told, clients)}
        finally:
            store.close()


def _timed(
    recorder: PostgresApplicationRecorder, told: dict[str, Any], clients: int
) -> dict[str, Any]:
    before = _load(recorder, told, clients, WARM_UP)
    meter = Meter(told["servers"])
    with meter:
        spent = _load(recorder, told, clients, SECONDS)
    kept = _count(recorder)
    if kept != len(before) + len(spent):
        raise AssertionError(kept)
    points = quantiles(spent, n=100, method="inclusive")
    return {
        "rate": len(spent) / meter.seconds,
        **{f"p{at}": points[at - 1] * 1000 for at in (50, 95, 99)},
        **meter.figures,
        "held": "count",
    }


def _count(recorder: PostgresApplicationRecorder) -> int:
    with recorder.datastore.transaction() as cursor:
        cursor.execute("SELECT count(*) AS kept FROM event")
        return int(cursor.fetchone()["kept"])


def _load(
    recorder: PostgresApplicationRecorder,
    told: dict[str, Any],
    clients: int,
    for_: float,
) -> list[float]:
    spent: list[float] = []
    state = told["ready"]["payload"].encode()
    until = time.perf_counter() + for_

    def client() -> None:
        began = time.perf_counter()
        while began < until:
            event = StoredEvent(uuid4(), 1, "bench:WagesPaid", state)
            recorder.insert_events([event])
            ended = time.perf_counter()
            spent.append(ended - began)
            began = ended

    with ThreadPoolExecutor(clients) as executor:
        for done in [executor.submit(client) for _ in range(clients)]:
            done.result()
    return spent


def main() -> None:
    """Measure both modes at every number of clients."""
    told = json.loads(sys.stdin.read())
    samples = [
        measured(told, clients, unsafe=unsafe)
        for unsafe in (False, True)
        for clients in CLIENTS
    ]
    print(json.dumps(samples))  # noqa: T201


if __name__ == "__main__":
    collect_seldom()
    main()
