"""All parts of the bench, with what is asked of each."""

from typing import Any

from tests.bench import (
    append,
    door,
    full,
    project,
    reading,
    rebuilding,
    replicas,
    scale,
    together,
    verifying,
    visible,
)
from tests.bench.part import Goal, Limit, Part
from tests.bench.payments import payload
from tests.bench.place import Place
from tests.bench.servers import the_system
from tests.stack import FreshDatabases

MILLION = "seconds for a million"
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
        Limit("rebuild of a million", ("ours", WHOLE), MILLION, 20, "s"),
        Limit("memory of a rebuild", ("ours", WHOLE), "memory", 400, "MiB"),
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
    limits=(Limit("verify of a million", ("ours", verifying.AT), MILLION, 10, "s"),),
)
VISIBLE = Part(
    name="visible",
    title="A complaint's POST until it stands in the ledger, open model",
    unit="a second",
    contenders={"ours": visible.ours, "round_trip": visible.round_trip},
    where=the_system,
    repeats=1,
    goals=tuple(
        Goal(
            f"complaint POST → in the ledger at {rate}/s, p99 ÷ Kafka round trip",
            ("ours", rate),
            ("Kafka round trip", rate),
            figure="p99",
            most=3 if rate == "100" else None,
        )
        for rate in ("10", "100", "300")
    ),
    notes=(
        (
            "The rate is raised until one is not held: its p99 over five seconds, or a"
            " complaint refused. That last line is where it breaks."
        ),
    ),
)
DOOR = Part(
    name="door",
    title="Complaints over HTTP, 32 clients",
    unit="clients",
    contenders={"ours": door.ours, "bare": door.bare},
    where=the_system,
    repeats=2,
    goals=(
        Goal(
            "HTTP commands ÷ FastAPI and INSERT without events",
            ("ours", "32"),
            ("FastAPI and INSERT", "32"),
            least=0.5,
        ),
    ),
    notes=(
        (
            "Ours is the whole system: what a complaint sets off in the other three"
            " services runs on the same cores meanwhile."
        ),
    ),
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
    ),
)
REPLICAS = Part(
    name="replicas",
    title="Complaints until they stand in the ledger, by routing's processes",
    unit="processes",
    contenders={"ours": replicas.ours},
    where=the_system,
    repeats=2,
    goals=tuple(
        Goal(f"{number} of routing ÷ one", ("routing", number), ("routing", "1"))
        for number in replicas.REPLICAS[1:]
    ),
    notes=(
        (
            "Two cores carry all four services, PostgreSQL and Kafka, and one of"
            " routing leaves none of them idle: a second has no core of its own."
        ),
    ),
)
PARTS = {
    part.name: part
    for part in (
        *(APPEND, TOGETHER, PROJECT, SCALE, REBUILD, VERIFY, PAGES),
        *(VISIBLE, DOOR, REPLICAS, LONG_REBUILD),
    )
}
