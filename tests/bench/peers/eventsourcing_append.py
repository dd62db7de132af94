"""Append with pyeventsourcing's own recorder, with its table lock and without.

Run by the peers' Python: it shares no code with us but the words it prints.
"""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import gc
import json
import resource
import sys
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

CLIENTS = (1, 8, 32, 128, 256)
# Its users' default is 5 and 10 more; more connections only wait for the same lock.
POOL, OVERFLOW = 5, 10
WARM_UP, SECONDS = 0.3, 1.0
SAFE = "pyeventsourcing"
UNSAFE = "pyeventsourcing, unsafe"


def measured(told: dict[str, Any], clients: int, *, unsafe: bool) -> dict[str, Any]:
    """Measure one setting on a database of its own."""
    admin = urlsplit(told["admin"])
    name = f"peer_{uuid4().hex}"
    with psycopg.connect(told["admin"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    store = PostgresDatastore(
        name,
        str(admin.hostname),
        str(admin.port),
        str(admin.username),
        str(admin.password),
        pool_size=POOL,
        max_overflow=OVERFLOW,
        enable_db_functions=unsafe,
    )
    try:
        recorder = PostgresApplicationRecorder(store, events_table_name="event")
        recorder.create_table()
        return {
            "who": UNSAFE if unsafe else SAFE,
            "at": str(clients),
            **_timed(recorder, told, clients),
        }
    finally:
        store.close()
        with psycopg.connect(told["admin"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _timed(
    recorder: PostgresApplicationRecorder, told: dict[str, Any], clients: int
) -> dict[str, Any]:
    _load(recorder, told, clients, WARM_UP)
    before = (_cpu(), _servers_cpu(told["servers"]))
    began = time.perf_counter()
    spent = _load(recorder, told, clients, SECONDS)
    seconds = time.perf_counter() - began
    after = (_cpu(), _servers_cpu(told["servers"]))
    kept = recorder.max_notification_id() or 0
    if kept < len(spent):
        raise AssertionError(kept)
    points = quantiles(spent, n=100, method="inclusive")
    return {
        "rate": len(spent) / seconds,
        **{f"p{at}": points[at - 1] * 1000 for at in (50, 95, 99)},
        "cpu": after[0] - before[0],
        "servers_cpu": after[1] - before[1],
        "memory": _peak(),
        "held": "count",
    }


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

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _servers_cpu(roots: list[int]) -> float:
    ticks, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.name)] = int(words[1])
        ticks[int(path.name)] = sum(map(int, words[11:15]))

    def is_below(pid: int) -> bool:
        while pid in parents:
            if pid in roots:
                return True
            pid = parents[pid]
        return False

    return sum(spent for pid, spent in ticks.items() if is_below(pid)) / 100


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
    # The same as in every other contender's process.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    main()
