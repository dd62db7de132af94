"""All parts of the bench, with what is asked of each."""

from typing import Any

from tests.bench import (
    append,
    explaining,
    full,
    project,
    reading,
    rebuilding,
    scale,
    together,
    verifying,
)
from tests.bench.loops import Closed
from tests.bench.part import Goal, Limit, Part
from tests.bench.parts_whole import DOOR, REPLICAS, VISIBLE
from tests.bench.payments import payload
from tests.bench.place import Place
from tests.stack import FreshDatabases

MILLION = "seconds for a million"
CLIENTS_WARM_UP = f"{Closed.warm_up:g} s"
MANY = 9
"""Turns of a second each: the disk's pace differs from one to the next by half."""


async def _with_payload(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    del place, databases
    return {"payload": payload()}


def _at_32(name: str, beside: str, least: float | None) -> Goal:
    return Goal(name, ("ours", "32"), (beside, "32"), least=least)


def _projected(beside: str, least: float, at: str = project.AT) -> Goal:
    name = f"view with history, live ÷ {beside}"
    return Goal(name, ("ours", project.AT), (beside, at), least=least)


def _of_a_million(what: str, events: int) -> str:
    """Return a limit's name: a million's seconds are reckoned from so many events."""
    by = "" if events == 1_000_000 else f", by {events:,}"
    return f"{what} of a million{by}"


APPEND = Part(
    name="append",
    title="Append, one event a command with its expected version, by clients",
    unit="clients",
    contenders={
        "ours": append.ours,
        "without_chain": append.without_chain,
        "bigserial": append.bigserial,
        "message_db": append.peer,
    },
    scripts=("eventsourcing_append.py",),
    prepare=_with_payload,
    goals=(
        _at_32("append at 32 clients ÷ message-db", "message-db", 5),
        _at_32(
            "the same ÷ message-db over 8 categories", "message-db, 8 categories", None
        ),
        _at_32("the same ÷ pyeventsourcing", "pyeventsourcing", 20),
        _at_32(
            "the same ÷ group commit without chain", "group commit without chain", 0.6
        ),
        _at_32("the same ÷ bare bigserial", "bare bigserial", None),
        Goal("append at 1 client ÷ message-db", ("ours", "1"), ("message-db", "1")),
    ),
    notes=(
        "message-db keeps one order in a category; over eight there are eight orders.",
        (
            "pyeventsourcing is unsafe with its database functions: without the table"
            " lock a reader that follows the log misses events. So it does with"
            " bigserial."
        ),
    ),
    repeats=MANY,
    warm_up=CLIENTS_WARM_UP,
)
TOGETHER = Part(
    name="together",
    title="Three streams in one command, 32 clients",
    unit="clients",
    contenders={"one": together.one, "three": together.three, "saga": together.saga},
    goals=(
        Goal(
            "three streams in one command ÷ one stream",
            ("three streams", "32"),
            ("one stream", "32"),
            least=0.5,
        ),
        Goal(
            "three streams in one command ÷ two-step saga",
            ("three streams", "32"),
            ("two-step saga", "32"),
        ),
    ),
    repeats=MANY,
    warm_up=CLIENTS_WARM_UP,
    profiled="three",
)
PROJECT = Part(
    name="project",
    title="A view with history into PostgreSQL, position in the transaction",
    unit="events",
    contenders={"ours": project.ours, "getmany": project.getmany},
    scripts=("quix_project.py", "eventsourcing_project.py"),
    prepare=project.prepare,
    goals=(
        _projected("pyeventsourcing ProjectionRunner", 50, project.AT_FEW),
        _projected("quixstreams (RocksDB)", 1),
        _projected("aiokafka getmany", 0.35),
    ),
    notes=(
        (
            "quixstreams keeps its state in a local RocksDB, checkpointed every five"
            " seconds; ours is in PostgreSQL with every version, page by page."
        ),
        (
            f"Each event is a payment of one of {project.PAYMENTS.claims:,} claims,"
            " drawn at random, the same for everybody. ProjectionRunner is too slow for"
            f" all of them: it has the first {project.FEW:,}, of"
            f" {project.SOME.streams():,} claims."
        ),
        "A page is what p50, p95 and p99 are of.",
    ),
)
TEN, WHOLE = f"{rebuilding.SMALL:,}", f"{rebuilding.WHOLE:,}"
REBUILD = Part(
    name="rebuild",
    title="A rebuild from the first record while 500 events a second arrive",
    unit="events",
    contenders={"ours": rebuilding.ours, "bare": rebuilding.bare},
    prepare=rebuilding.prepare,
    goals=(
        Goal(
            "rebuild with checksum and switch ÷ fold and COPY without Kafka",
            ("ours", WHOLE),
            ("fold and COPY", WHOLE),
            least=0.6,
        ),
        Goal(
            "memory of a rebuild of ten times as many events",
            ("ours", WHOLE),
            ("ours", TEN),
            figure="memory",
            most=1.25,
        ),
    ),
    limits=(
        Limit(
            _of_a_million("rebuild", rebuilding.WHOLE),
            ("ours", WHOLE),
            MILLION,
            20,
            "s",
        ),
        Limit("memory of a rebuild", ("ours", WHOLE), "memory", 400, "MiB"),
    ),
    notes=(
        (
            "Ours is two processes, one a core; fold and COPY is one. Ours in one"
            " process was 0.52 of it, measured before there were two."
        ),
    ),
)
A_TENTH, LONG = f"{rebuilding.LONG // 10:,}", f"{rebuilding.LONG:,}"
LONG_REBUILD = Part(
    name="long",
    title="A rebuild of ten million",
    unit="events",
    contenders={"ours": rebuilding.long},
    prepare=rebuilding.prepare_long,
    goals=(
        Goal(
            "memory of a rebuild of ten million ÷ of one",
            ("ours", LONG),
            ("ours", A_TENTH),
            figure="memory",
            most=1.25,
        ),
    ),
    limits=(
        Limit("rebuild of a million, of ten", ("ours", LONG), MILLION, 20, "s"),
        Limit("memory of a rebuild of ten", ("ours", LONG), "memory", 400, "MiB"),
    ),
    repeats=1,
    longest=5400,
    asked=True,
    notes=("One turn, of ours alone: it takes half an hour.",),
)
VERIFY = Part(
    name="verify",
    title="verify: journal = topic = chain",
    unit="events",
    contenders={"ours": verifying.ours, "bare": verifying.bare},
    prepare=verifying.prepare,
    goals=(
        Goal(
            "verify ÷ reading both without hashing",
            ("ours", verifying.AT),
            ("reading both", verifying.AT),
            least=0.5,
        ),
    ),
    limits=(
        Limit(
            _of_a_million("verify", verifying.EVENTS),
            ("ours", verifying.AT),
            MILLION,
            10,
            "s",
        ),
    ),
    notes=("Ours reads in two processes, one a core; reading both is one.",),
)
PAGES = Part(
    name="pages",
    title=f"Pages as known at T, over {full.EVENTS:,} events",
    unit="page",
    contenders={"live": reading.live, "then": reading.then},
    prepare=reading.prepare,
    goals=tuple(
        Goal(
            f"{page} as known at T ÷ live, p50",
            ("as known at T", page),
            ("live", page),
            figure="p50",
            most=2,
        )
        for page in reading.PAGES
    ),
    limits=tuple(
        Limit(f"{page} as known at T, p95", ("as known at T", page), "p95", 100, "ms")
        for page in reading.PAGES
    ),
    repeats=5,
    warm_up="one look a page",
    profiled="then",
    explained=explaining.plans,
)
SCALE = Part(
    name="scale",
    title="One view on twelve partitions, by consumers",
    unit="consumers",
    contenders={"consumers": scale.consumers},
    prepare=project.prepare,
    goals=tuple(
        Goal(
            f"{number} consumers ÷ one",
            ("consumers", number),
            ("consumers", "1"),
        )
        for number in ("2", "3")
    ),
    notes=(
        (
            "Two cores carry the consumers, PostgreSQL and Kafka together: they are the"
            " limit from the second consumer on."
        ),
        "Measured from the first page that stands: a process's start is none of it.",
    ),
)
PARTS = {
    part.name: part
    for part in (
        *(APPEND, TOGETHER, PROJECT, SCALE, REBUILD, VERIFY, PAGES),
        *(VISIBLE, DOOR, REPLICAS, LONG_REBUILD),
    )
}
