"""The parts that the whole system is started for, with what is asked of each."""

from tests.bench import door, replicas, visible
from tests.bench.part import Goal, Part
from tests.bench.servers import the_system

VISIBLE = Part(
    name="visible",
    title="A complaint's POST until it stands in the ledger, open model",
    unit="due a second",
    contenders={"ours": visible.ours, "round_trip": visible.round_trip},
    where=the_system,
    warm_up="2 s at ten a second",
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
            "The rate is raised until one is not held: its p99 over five seconds, a"
            " complaint refused, or one not in the ledger after twenty seconds. That"
            " last line is where it breaks; a rate that broke in one turn is not held."
        ),
        (
            "The rate and p50, p95, p99 are of the complaints that came to stand in the"
            " ledger; those refused or late are counted beside them. What is checked"
            " afterwards are the accepted ones, the late among them."
        ),
    ),
)
DOOR = Part(
    name="door",
    title="Complaints over HTTP, 32 clients",
    unit="clients",
    contenders={"ours": door.ours, "bare": door.bare},
    where=the_system,
    warm_up="1 s",
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
REPLICAS = Part(
    name="replicas",
    title="Complaints until they stand in the ledger, by routing's processes",
    unit="processes",
    contenders={"ours": replicas.ours},
    where=the_system,
    warm_up=f"{replicas.WARM_UP} complaints",
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
